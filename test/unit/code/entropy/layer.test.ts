import { describe, expect, test } from 'vitest'
import { IntegerLayer } from '../../../../main/code/entropy/layer.ts'
import { StoredIntegers } from '../../../../main/code/entropy/stored.ts'
import { readFloats, tf } from '../../../../main/engine/tensorflow.ts'

const form = { name: 'x', inputs: 2, outputs: 2, kernel: [1, 1], layout: 'conv', kernels: [[0]] } as const

function stored(weight: number[], bias: number[], shift: number[], digit?: number[]): StoredIntegers {
  return new StoredIntegers(
    {
      ...(digit ? { 'entropy.x.digit': { shape: [2, 2, 1, 1], data: Int8Array.from(digit) } } : {}),
      'entropy.x.weight': { shape: [2, 2, 1, 1], data: Int8Array.from(weight) },
      'entropy.x.bias': { shape: [2], data: Int32Array.from(bias) },
      'entropy.x.shift': { shape: [2], data: Int8Array.from(shift) },
    },
    'model a',
  )
}

describe('IntegerLayer', () => {
  test('sums products and rounds down after the shift', () => {
    const layer = new IntegerLayer(stored([127, -3, 5, 1], [10, -1], [3, 1]), form)
    const result = readFloats(() => layer.apply(tf.tensor2d([255, 4, -127, 7], [2, 2])))
    expect([...result]).toEqual([
      Math.floor((127 * 255 - 12 + 10) / 8),
      Math.floor((5 * 255 + 4 - 1) / 2),
      Math.floor((-127 * 127 - 21 + 10) / 8),
      Math.floor((-5 * 127 + 7 - 1) / 2),
    ])
    layer.dispose()
  })

  test('sums both digits of its weights before it rounds down', () => {
    const [weight, digit] = [
      [100, -3, 5, -1],
      [63, -64, 1, 0],
    ]
    const layer = new IntegerLayer(stored(weight!, [1000, -77], [9, 8], digit), form)
    const whole = weight!.map((w, k) => 128 * w + digit![k]!)
    const result = readFloats(() => layer.apply(tf.tensor2d([255, 4, -127, 7], [2, 2])))
    expect([...result]).toEqual([
      Math.floor((whole[0]! * 255 + whole[1]! * 4 + 1000) / 512),
      Math.floor((whole[2]! * 255 + whole[3]! * 4 - 77) / 256),
      Math.floor((whole[0]! * -127 + whole[1]! * 7 + 1000) / 512),
      Math.floor((whole[2]! * -127 + whole[3]! * 7 - 77) / 256),
    ])
    layer.dispose()
  })

  test('refuses what could leave the integers of float32', () => {
    expect(() => new IntegerLayer(stored([1, 1, 1, 1], [2 ** 24 - 500, 0], [0, 0]), form)).toThrow(
      /model a 'entropy.x' output 0 can reach \d+, 2\^24 or more/,
    )
  })

  test('names what is missing or of another shape', () => {
    expect(() => new IntegerLayer(stored([1, 1, 1, 1], [0, 0], [0, 0]), { ...form, outputs: 3 })).toThrow(
      "'entropy.x.weight' should be Int8Array [3,2,1,1], but is Int8Array [2,2,1,1]",
    )
  })
})

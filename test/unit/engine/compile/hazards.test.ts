import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backend } from '../../../../main/engine/compile/backend.ts'
import { compile } from '../../../../main/engine/compile/compile.ts'
import type { TensorTree } from '../../../../main/engine/compile/tree.ts'
import { type Tensor, tf, type tfTypes } from '../../../../main/engine/tensorflow.ts'

const here = 'test/unit/engine/compile/hazards.test.ts'
let liveBefore = 0
let x: Tensor
beforeEach(() => {
  liveBefore = tf.memory().numTensors
  x = tf.tensor2d([1, -2, 3, -4, 5, -6], [2, 3])
})
afterEach(() => {
  x.dispose()
  expect(tf.memory().numTensors).toBe(liveBefore)
})

function refused(run: (x: Tensor) => TensorTree): string {
  try {
    compile(run)(x)
  } catch (error) {
    return (error as Error).message
  }
  return 'was not refused'
}

/** The line of this file that a message names, as text. */
async function lineNamed(message: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const number = Number(message.match(`${here}:(\\d+)`)?.[1])
  return (await readFile(import.meta.filename, 'utf8')).split('\n')[number - 1] ?? 'no line'
}

describe('refused, by op and line', () => {
  test('reading data', async () => {
    const message = refused((x) => x.mul(x.sum().dataSync()[0]!)) // reads
    expect(message).toContain('dataSync')
    expect(await lineNamed(message)).toContain('// reads')
  })
  test('gather with traced indices, which reads them', async () => {
    const message = refused((x) => tf.gather(x, x.abs().argMax(1))) // gathers
    expect(message).toContain('gather')
    expect(await lineNamed(message)).toContain('// gathers')
  })
  test.each([
    ['randomUniform', () => tf.randomUniform([2, 3])],
    ['randomUniform', () => tf.randomUniform([2, 3], 0, 1, 'float32', 7)],
    ['randomNormal', () => tf.randomNormal([2, 3], 0, 1, 'float32', 7)],
    ['truncatedNormal', () => tf.truncatedNormal([2, 3], 0, 1, 'float32', 7)],
    ['dropout', () => tf.dropout(tf.ones([2, 3]), 0.5, undefined, 7)],
    ['Math.random', () => tf.scalar(Math.random())],
  ])('random numbers: %s', async (name, draw) => {
    const message = refused((x) => x.add(draw()))
    expect(message).toContain(`cannot hold ${name} (${here}:`)
  })
  test('ops of TensorFlow that draw at each call', () => {
    expect(refused((x) => tf.multinomial(x as tfTypes.Tensor2D, 2, 5))).toContain('hold multinomial')
    const draw = () => {
      const types = { name: 'dtype', type: backend.binding.TF_ATTR_TYPE, value: 1 }
      return backend.executeSingleOutput('RandomStandardNormal', [types], [tf.tensor1d([2, 3], 'int32')])
    }
    expect(refused((x) => x.add(draw()))).toMatch(/RandomStandardNormal \(test.*draws or keeps/)
  })
  test('shapes that depend on data', () => {
    expect(refused((x) => tf.unique(x.flatten()).values)).toMatch(/Unique.*depends on data/)
  })
  test('a large float constant', () => {
    const message = refused((x) => x.add(tf.tensor1d(Float32Array.from({ length: 300 }, Math.sqrt)).sum()))
    expect(message).toContain('a constant of 300 values')
    expect(message).toContain(here)
  })
  test('tensors that are no input', () => {
    const outside = tf.scalar(2)
    expect(refused((x) => x.mul(outside))).toMatch(/Mul(tiply)? \(.*neither an input nor made inside/)
    outside.dispose()
  })
  test('variables: new ones, and assignments', () => {
    const variable = tf.tidy(() => tf.variable(tf.scalar(1)))
    expect(refused((x) => x.mul(variable.assign(tf.scalar(3)) as unknown as number))).toContain('assignment')
    expect(variable.dataSync()[0]).toBe(1)
    tf.dispose([variable])
    expect(refused((x) => x.mul(tf.variable(x)))).toContain('a new variable')
  })
  test('async functions', () => {
    expect(refused((async (x: Tensor) => x.mul(2)) as never)).toContain('async')
  })
  test('inputs and results that are no tensors', () => {
    const scaled = compile(({ x, rate }: { x: Tensor; rate: Tensor }) => x.mul(rate))
    expect(() => scaled({ x, rate: 0.1 as unknown as Tensor })).toThrow('input.rate')
    expect(refused(() => 3 as unknown as Tensor)).toContain('result of a compiled function')
    expect(refused(() => [])).toContain('return nothing')
  })
  test('disposing inputs and keeping tensors', () => {
    expect(
      refused((x) => {
        x.dispose()
        return tf.scalar(1)
      }),
    ).toContain('dispose its inputs')
    let kept: Tensor | undefined
    expect(
      refused((x) => {
        kept = tf.keep(x.neg())
        return x.add(1)
      }),
    ).toContain('keep tensors (1 outlive it)')
    kept?.dispose()
  })
  test('native calls that are no ops, and tensors from them', async () => {
    const bypass = (x: Tensor): Tensor => {
      const inside = tf.backend() as unknown as {
        binding: { executeOp(...given: unknown[]): { shape: number[]; dtype: number; id: number }[] }
      }
      const attribute = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: 1 }
      const ids = backend.getInputTensorIds([x]) // bypasses
      return backend.createOutputTensor(inside.binding.executeOp('Neg', [attribute], ids, 1)[0]!)
    }
    expect(refused((x) => bypass(x).add(1))).toContain('made by a native call')
    // What an op before it gives is not computed while tracing.
    const message = refused((x) => bypass(x.neg()).add(1))
    expect(message).toContain('cannot hold a native call that is no op')
    expect(await lineNamed(message)).toContain('// bypasses')
  })
  test('gradients through a compiled function', () => {
    const square = compile((x: Tensor) => x.square())
    expect(() => tf.grad((x) => square(x as Tensor).sum())(x)).toThrow('gradients do not flow')
    square.dispose()
  })
  test('after a refusal all works as before', () => {
    refused((x) => x.mul(x.sum().dataSync()[0]!))
    expect(Math.random()).toBeLessThan(1)
    const y = tf.tidy(() => tf.randomUniform([2]).dataSync())
    expect(y).toHaveLength(2)
  })
})

describe('handled', () => {
  test('one tensor given twice stays two inputs', () => {
    const difference = compile(({ a, b }: { a: Tensor; b: Tensor }) => a.sub(b))
    const copy = x.clone() // one buffer, as variables have after setWeights
    const other = x.mul(3)
    const results = [
      difference({ a: x, b: x }),
      difference({ a: x, b: copy }),
      difference({ a: other, b: x }),
    ]
    expect(results.map((y) => Array.from(y.dataSync()))).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [2, -4, 6, -8, 10, -12],
    ])
    expect(difference.traces).toBe(1)
    tf.dispose([results, copy, other])
    difference.dispose()
  })
  test('a compiled function inside another becomes part of it', () => {
    const inner = compile((x: Tensor) => x.square())
    const outer = compile((x: Tensor) => tf.grad((x) => inner(x as Tensor).sum())(x))
    const [once, again] = [outer(x), outer(x)]
    expect(Array.from(again.dataSync())).toEqual([2, -4, 6, -8, 10, -12])
    expect(inner.traces).toBe(0)
    tf.dispose([once, again])
    outer.dispose()
  })
  test('a rate that is an input changes from call to call', () => {
    const scaled = compile(({ x, rate }: { x: Tensor; rate: Tensor }) => x.mul(rate))
    for (const rate of [0.5, 2]) {
      const [given, y] = [tf.scalar(rate), tf.tidy(() => scaled({ x, rate: tf.scalar(rate) }))]
      expect(y.dataSync()[2]).toBe(3 * rate)
      tf.dispose([given, y])
    }
    scaled.dispose()
  })
})

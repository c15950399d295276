import { expect, test } from 'vitest'
import { tf } from '../../../main/engine/tensorflow.ts'

test('a tensor shares no memory with the array that it was made of, wherever that lies', () => {
  const count = 1000
  const bytes = new ArrayBuffer(count * 4 + 64)
  // One of these offsets makes the array begin at a multiple of 64 bytes, where TensorFlow could take it as it is.
  for (let offset = 0; offset < 64; offset += 8) {
    const array = new Float32Array(bytes, offset, count).fill(1)
    const tensor = tf.tensor1d(array)
    const sum = () => tf.tidy(() => tensor.sum().dataSync()[0])
    expect(sum()).toBe(count)
    array.fill(2)
    expect({ offset, sum: sum() }).toEqual({ offset, sum: count })
    tensor.dispose()
  }
})

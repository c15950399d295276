import { expect, test } from 'vitest'
import { type Tensor, tf } from '../../../../main/engine/tensorflow.ts'
import { atLeast, erfc, fixed, roundThrough } from '../../../../main/models/codec/gradients.ts'

const values = (tensor: Tensor) => [...tensor.dataSync()]
const gradient = (f: (x: Tensor) => Tensor, at: number[]) =>
  values(tf.grad((x: Tensor) => f(x).sum())(tf.tensor1d(at)))

// Source: Python's math.erfc.
test('erfc keeps its digits far out, and its gradient is the difference quotient', () => {
  const found = values(erfc(tf.tensor1d([-1, 0, 0.5, 2, 4])))
  const expected = [1.8427007929497148, 1, 0.4795001221869535, 0.004677734981047266, 1.541725790028002e-8]
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! / value - 1)).toBeLessThan(1e-5)
  const points = [-1.2, -0.3, 0.1, 0.9, 1.7]
  const moved = (by: number) => values(erfc(tf.tensor1d(points.map((x) => x + by))))
  const [above, below] = [moved(1e-2), moved(-1e-2)]
  for (const [i, slope] of gradient(erfc, points).entries())
    expect(Math.abs(slope - (above[i]! - below[i]!) / 2e-2)).toBeLessThan(2e-4)
})

test('a lower bound lets the gradient through where it would raise what is below', () => {
  expect(values(atLeast(tf.tensor1d([-2, 3]), 1))).toEqual([1, 3])
  const of = (factor: number) => gradient((x) => atLeast(x, 1).mul(factor), [-2, 3])
  expect(of(5)).toEqual([0, 5])
  expect(of(-5)).toEqual([-5, -5])
})

test('rounding passes gradients, a constant none', () => {
  expect(values(roundThrough(tf.tensor1d([0.5, 1.5, -0.7])))).toEqual([0, 2, -1])
  expect(gradient((x) => roundThrough(x).mul(3), [0.4, 0.6])).toEqual([3, 3])
  expect(gradient((x) => fixed(x).mul(x), [2, 4])).toEqual([2, 4])
})

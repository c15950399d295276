import { expect, test } from 'vitest'
import { principalComponents } from '../../../../shared/maths/pca.ts'
import { Random } from '../../../../shared/random.ts'

const [rows, length] = [20, 50]
const random = new Random(8)
/** Three directions of clearly different spread, and a little noise. */
const spreads = [9, 4, 2]
const directions = spreads.map(() => Float64Array.from({ length }, () => random.normal()))
const values = Float32Array.from({ length: rows * length }, () => 0.1 * random.normal())
for (let row = 0; row < rows; row++) {
  for (const [k, direction] of directions.entries()) {
    const along = spreads[k]! * random.normal()
    for (let i = 0; i < length; i++) values[row * length + i]! += along * direction[i]!
  }
}

test('of few long vectors: the components that many of the same have, orthonormal', () => {
  const few = principalComponents(values, length, 3)
  // Four times the same vectors have the same covariance, which then is made as a matrix.
  const many = principalComponents(Float32Array.of(...values, ...values, ...values, ...values), length, 3)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  for (const [k, component] of few.components.entries()) {
    expect(Math.abs(dot(component, many.components[k]!))).toBeCloseTo(1, 6)
    for (const [j, other] of few.components.entries())
      expect(dot(component, other)).toBeCloseTo(j === k ? 1 : 0, 9)
  }
  expect(few.mean).toHaveLength(length)
})

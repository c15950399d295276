import { expect, test } from 'vitest'
import { symmetricEigen } from '../../../../shared/maths/symmetric-eigen.ts'
import { Random } from '../../../../shared/random.ts'

const product = (matrix: readonly number[], v: Float64Array) =>
  Array.from(v, (_, row) =>
    v.reduce((sum, value, column) => sum + matrix[row * v.length + column]! * value, 0),
  )

// Source: the chain of n masses on springs, whose eigenvalues are 2 - 2 cos(k pi / (n + 1)).
test('eigenvalues of a known matrix, the largest first', () => {
  const n = 12
  const chain = Array.from({ length: n * n }, (_, i) => {
    const distance = Math.abs(Math.floor(i / n) - (i % n))
    return distance === 0 ? 2 : distance === 1 ? -1 : 0
  })
  const { values } = symmetricEigen(chain, n)
  for (let k = 0; k < n; k++)
    expect(values[k]).toBeCloseTo(2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)), 12)
})

test.each([1, 2, 7, 60])(
  '%i x %i: matrix times vector is value times vector, and vectors are orthonormal',
  (n) => {
    const random = new Random(n)
    const matrix = Array<number>(n * n).fill(0)
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.between(-1, 1)
    const { values, vectors } = symmetricEigen(matrix, n)
    for (const [k, vector] of vectors.entries()) {
      for (const [i, value] of product(matrix, vector).entries())
        expect(value).toBeCloseTo(values[k]! * vector[i]!, 11)
      for (const [other, with_] of vectors.entries()) {
        const dot = vector.reduce((sum, value, i) => sum + value * with_[i]!, 0)
        expect(dot).toBeCloseTo(other === k ? 1 : 0, 11)
      }
    }
  },
)

test('equal eigenvalues and zeros do no harm', () => {
  const { values } = symmetricEigen([0, 0, 0, 0, 3, 0, 0, 0, 3], 3)
  expect([...values]).toEqual([3, 3, 0])
})

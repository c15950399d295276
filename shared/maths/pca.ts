/** Principal components of vectors: the best linear code there is for them (Pearson 1901). */
export interface Pca {
  readonly mean: Float64Array
  /** count rows of `length` values: orthonormal directions, the one of largest variance first */
  readonly components: readonly Float64Array[]
}

/**
 * The first `count` principal components of `rows` vectors of `length` values, by orthogonal iteration on their
 * covariance (Golub and Van Loan, Matrix Computations, 8.2), with a few more directions than asked for so that the
 * last ones converge too.
 */
export function principalComponents(values: Float32Array, length: number, count: number): Pca {
  const rows = values.length / length
  const mean = new Float64Array(length)
  for (let i = 0; i < values.length; i++) mean[i % length] += values[i] / rows
  const multiply = rows < length ? throughRows(values, mean, rows) : byCovariance(values, mean, rows)
  const directions = Array.from({ length: Math.min(length, count + 8) }, (_, k) =>
    // Any independent start that is not orthogonal to the answer does: a hash of the indices.
    Float64Array.from({ length }, (_, i) => ((i * (k + 1) * 2654435761) % 4294967296) / 4294967296 - 0.5),
  )
  let last = 0
  for (let round = 0; round < 500; round++) {
    orthonormalise(directions)
    const sizes = directions.map((direction) => multiply(direction))
    const total = sizes.slice(0, count).reduce((sum, size) => sum + size, 0)
    if (Math.abs(total - last) <= 1e-10 * total) break
    last = total
  }
  orthonormalise(directions)
  return { mean, components: directions.slice(0, count) }
}

/** Mean squared error per value of vectors that went through the code and back. */
export function pcaReconstructionError({ mean, components }: Pca, values: Float32Array): number {
  const length = mean.length
  let sum = 0
  for (let row = 0; row < values.length; row += length) {
    let energy = 0
    for (let i = 0; i < length; i++) energy += (values[row + i] - mean[i]) ** 2
    for (const component of components) {
      let projection = 0
      for (let i = 0; i < length; i++) projection += (values[row + i] - mean[i]) * component[i]
      energy -= projection * projection
    }
    sum += energy
  }
  return sum / values.length
}

function covarianceOf(values: Float32Array, mean: Float64Array, rows: number): Float64Array[] {
  const length = mean.length
  const covariance = Array.from({ length }, () => new Float64Array(length))
  const centred = new Float64Array(length)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; i++) centred[i] = values[row * length + i] - mean[i]
    for (let i = 0; i < length; i++) {
      const a = centred[i]
      if (a === 0) continue
      const target = covariance[i]
      for (let j = i; j < length; j++) target[j] += a * centred[j]
    }
  }
  for (let i = 0; i < length; i++) {
    for (let j = i; j < length; j++) covariance[j][i] = covariance[i][j] /= rows
  }
  return covariance
}

/** Replaces a vector by covariance * vector and returns its length. */
type Multiply = (vector: Float64Array) => number

function byCovariance(values: Float32Array, mean: Float64Array, rows: number): Multiply {
  const covariance = covarianceOf(values, mean, rows)
  return (vector) => {
    const product = covariance.map((row) => dot(row, vector))
    vector.set(product)
    return Math.hypot(...product)
  }
}

/** For fewer vectors than values in each: X'(X v), without the covariance X'X, which would be the larger one. */
function throughRows(values: Float32Array, mean: Float64Array, rows: number): Multiply {
  const { length } = mean
  const centred = Array.from({ length: rows }, (_, row) =>
    mean.map((middle, i) => values[row * length + i] - middle),
  )
  return (vector) => {
    const along = centred.map((row) => dot(row, vector) / rows)
    vector.fill(0)
    for (const [r, row] of centred.entries()) {
      for (let i = 0; i < length; i++) vector[i] += along[r] * row[i]
    }
    return Math.hypot(...vector)
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** Modified Gram-Schmidt, in place. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  for (const [k, vector] of vectors.entries()) {
    for (const earlier of vectors.slice(0, k)) {
      let projection = 0
      for (let i = 0; i < vector.length; i++) projection += vector[i] * earlier[i]
      for (let i = 0; i < vector.length; i++) vector[i] -= projection * earlier[i]
    }
    const size = Math.hypot(...vector)
    for (let i = 0; i < vector.length; i++) vector[i] /= size || 1
  }
}

/** Eigenvalues, the largest first, and the eigenvector of each: orthonormal, `size` values. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix (size * size values, row by row), by Householder's reduction
 * to tridiagonal form and the implicit QL algorithm (Wilkinson and Reinsch 1971, tred2 and tql2, as in EISPACK). About
 * 4 size^3 multiplications.
 */
export function symmetricEigen(matrix: ArrayLike<number>, size: number): Eigen {
  // Rows of `vectors` become eigenvectors: the algorithms' matrix, transposed, so that rotations run along memory.
  const vectors = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length: size }, (_, column) => matrix[row * size + column]!),
  )
  const diagonal = new Float64Array(size)
  const beside = new Float64Array(size)
  tridiagonalise(vectors, diagonal, beside)
  iterate(vectors, diagonal, beside)
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]!)
  return {
    values: Float64Array.from(order, (index) => diagonal[index]!),
    vectors: order.map((index) => vectors[index]!),
  }
}

/** `v` holds a symmetric matrix, and then the rows of the orthogonal one that makes it tridiagonal. */
function tridiagonalise(v: readonly Float64Array[], d: Float64Array, e: Float64Array): void {
  const n = d.length
  for (let j = 0; j < n; j++) d[j] = v[j]![n - 1]!
  for (let i = n - 1; i > 0; i--) {
    let scale = 0
    let h = 0
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!)
    if (scale === 0) {
      e[i] = d[i - 1]!
      for (let j = 0; j < i; j++) {
        d[j] = v[j]![i - 1]!
        v[j]![i] = 0
        v[i]![j] = 0
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] = d[k]! / scale
        h += d[k]! * d[k]!
      }
      const g = d[i - 1]! > 0 ? -Math.sqrt(h) : Math.sqrt(h)
      e[i] = scale * g
      h -= d[i - 1]! * g
      d[i - 1] = d[i - 1]! - g
      e.fill(0, 0, i)
      for (let j = 0; j < i; j++) {
        const row = v[j]!
        const f = d[j]!
        v[i]![j] = f
        let sum = e[j]! + row[j]! * f
        for (let k = j + 1; k < i; k++) {
          sum += row[k]! * d[k]!
          e[k] = e[k]! + row[k]! * f
        }
        e[j] = sum
      }
      let f = 0
      for (let j = 0; j < i; j++) {
        e[j] = e[j]! / h
        f += e[j]! * d[j]!
      }
      const half = f / (h + h)
      for (let j = 0; j < i; j++) e[j] = e[j]! - half * d[j]!
      for (let j = 0; j < i; j++) {
        const row = v[j]!
        for (let k = j; k < i; k++) row[k] = row[k]! - (d[j]! * e[k]! + e[j]! * d[k]!)
        d[j] = row[i - 1]!
        row[i] = 0
      }
    }
    d[i] = h
  }
  accumulate(v, d)
  for (let j = 0; j < n; j++) {
    d[j] = v[j]![n - 1]!
    v[j]![n - 1] = 0
  }
  v[n - 1]![n - 1] = 1
  e[0] = 0
}

/** Multiplies the reflections together. */
function accumulate(v: readonly Float64Array[], d: Float64Array): void {
  const n = d.length
  for (let i = 0; i < n - 1; i++) {
    v[i]![n - 1] = v[i]![i]!
    v[i]![i] = 1
    const next = v[i + 1]!
    const h = d[i + 1]!
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = next[k]! / h
      for (let j = 0; j <= i; j++) {
        const row = v[j]!
        let g = 0
        for (let k = 0; k <= i; k++) g += next[k]! * row[k]!
        for (let k = 0; k <= i; k++) row[k] = row[k]! - g * d[k]!
      }
    }
    next.fill(0, 0, i + 1)
  }
}

/** QL with implicit shifts on the tridiagonal matrix `d`, `e`; the rows of `v` are rotated along. */
function iterate(v: readonly Float64Array[], d: Float64Array, e: Float64Array): void {
  const n = d.length
  e.copyWithin(0, 1)
  e[n - 1] = 0
  let shift = 0
  let largest = 0
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!))
    let m = l
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++
    while (m > l && Math.abs(e[l]!) > Number.EPSILON * largest) {
      const g = d[l]!
      let p = (d[l + 1]! - g) / (2 * e[l]!)
      let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1)
      d[l] = e[l]! / (p + r)
      d[l + 1] = e[l]! * (p + r)
      const following = d[l + 1]!
      const h = g - d[l]!
      for (let i = l + 2; i < n; i++) d[i] = d[i]! - h
      shift += h
      p = d[m]!
      let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0]
      const besideNext = e[l + 1]!
      for (let i = m - 1; i >= l; i--) {
        ;[c3, c2, s2] = [c2, c, s]
        const scaled = c * e[i]!
        const along = c * p
        r = Math.hypot(p, e[i]!)
        e[i + 1] = s * r
        s = e[i]! / r
        c = p / r
        p = c * d[i]! - s * scaled
        d[i + 1] = along + s * (c * scaled + s * d[i]!)
        rotate(v[i]!, v[i + 1]!, c, s)
      }
      p = (-s * s2 * c3 * besideNext * e[l]!) / following
      e[l] = s * p
      d[l] = c * p
    }
    d[l] = d[l]! + shift
    e[l] = 0
  }
}

function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let k = 0; k < a.length; k++) {
    const h = b[k]!
    b[k] = s * a[k]! + c * h
    a[k] = c * a[k]! - s * h
  }
}

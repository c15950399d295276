/**
 * Solves A x = b where A's entries keep within `band` of the diagonal, by elimination without pivoting: for matrices that
 * are positive definite or nearly so. In place.
 * @param a n rows of 2 * band + 1: a[i * (2 * band + 1) + (j - i + band)] is A[i][j]
 * @param b n rows of `columns` right-hand sides; becomes x
 */
export function solveBanded(a: Float64Array, band: number, b: Float64Array, columns: number): void {
  const stride = 2 * band + 1
  const n = a.length / stride
  for (let k = 0; k < n; k++) {
    const pivot = a[k * stride + band]!
    const last = Math.min(n - 1, k + band)
    for (let i = k + 1; i <= last; i++) {
      const at = i * stride + (k - i + band)
      const factor = a[at]! / pivot
      if (factor === 0) continue
      a[at] = 0
      const shift = i * stride + band - i
      const from = k * stride + band - k
      for (let j = k + 1; j <= last; j++) a[shift + j]! -= factor * a[from + j]!
      for (let c = 0; c < columns; c++) b[i * columns + c]! -= factor * b[k * columns + c]!
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const last = Math.min(n - 1, i + band)
    const row = i * stride + band - i
    for (let c = 0; c < columns; c++) {
      let sum = b[i * columns + c]!
      for (let j = i + 1; j <= last; j++) sum -= a[row + j]! * b[j * columns + c]!
      b[i * columns + c] = sum / a[row + i]!
    }
  }
}

/**
 * An order of a graph's nodes that keeps neighbours close (Cuthill and McKee 1969), from a node at its rim.
 * @param neighbours of each node, within 0 to count - 1; the graph is connected
 */
export function narrowOrder(count: number, neighbours: (node: number) => readonly number[]): Int32Array {
  let start = 0
  // The last node of a search is far out; from there the levels of the next are narrow.
  for (let round = 0; round < 2; round++) start = breadthFirst(start, count, neighbours).at(-1)!
  return breadthFirst(start, count, neighbours)
}

function breadthFirst(
  start: number,
  count: number,
  neighbours: (node: number) => readonly number[],
): Int32Array {
  const order = new Int32Array(count)
  const seen = new Uint8Array(count)
  order[0] = start
  seen[start] = 1
  let found = 1
  for (let at = 0; at < found; at++) {
    for (const next of neighbours(order[at]!)) {
      if (seen[next]) continue
      seen[next] = 1
      order[found++] = next
    }
  }
  return order
}

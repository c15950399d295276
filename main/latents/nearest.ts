import { type Points, pointAt } from './points.ts'

export interface Neighbour {
  readonly index: number
  /** Euclidean */
  readonly distance: number
}

/**
 * The k points nearest to a vector, the nearest first; of equal ones the earlier. Exact: one pass over all.
 * @param except an index to leave out, such as that of the vector itself
 */
export function nearestTo(points: Points, query: ArrayLike<number>, k: number, except = -1): Neighbour[] {
  const { count, length, values } = points
  const size = Math.min(k, count - (except >= 0 && except < count ? 1 : 0))
  const indices = new Int32Array(size)
  const squares = new Float64Array(size).fill(Infinity)
  for (let index = 0, at = 0; size > 0 && index < count; index++, at += length) {
    if (index === except) continue
    const limit = squares[size - 1]!
    let sum = 0
    for (let i = 0; i < length && sum < limit; i++) {
      const difference = values[at + i]! - query[i]!
      sum += difference * difference
    }
    if (sum >= limit) continue
    let place = size - 1
    for (; place > 0 && squares[place - 1]! > sum; place--) {
      squares[place] = squares[place - 1]!
      indices[place] = indices[place - 1]!
    }
    squares[place] = sum
    indices[place] = index
  }
  return Array.from(indices, (index, i) => ({ index, distance: Math.sqrt(squares[i]!) }))
}

/** For each point its k nearest others: indices and distances, count * k. */
export function nearestOthers(points: Points, k: number): { indices: Int32Array; distances: Float32Array } {
  const indices = new Int32Array(points.count * k)
  const distances = new Float32Array(points.count * k)
  for (let index = 0; index < points.count; index++) {
    for (const [i, found] of nearestTo(points, pointAt(points, index), k, index).entries()) {
      indices[index * k + i] = found.index
      distances[index * k + i] = found.distance
    }
  }
  return { indices, distances }
}

/**
 * The label that most of the k nearest have; between equally many, the one whose nearest point is nearest.
 * @param labels of `points`
 */
export function classifyByNeighbours(
  points: Points,
  labels: ArrayLike<number>,
  queries: Points,
  k: number,
): number[] {
  return Array.from({ length: queries.count }, (_, q) => {
    const votes = new Map<number, number>()
    for (const { index } of nearestTo(points, pointAt(queries, q), k)) {
      votes.set(labels[index]!, (votes.get(labels[index]!) ?? 0) + 1)
    }
    // A map keeps the order of insertion: the nearest come first.
    return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0]
  })
}

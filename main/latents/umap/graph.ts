import { nearestOthers } from '../nearest.ts'
import type { Points } from '../points.ts'

/** Edges of the neighbourhood graph, each once with a < b, and their weights in (0, 1]. */
export interface NeighbourGraph {
  readonly a: Int32Array
  readonly b: Int32Array
  readonly weights: Float32Array
}

/**
 * The fuzzy graph of nearest neighbours (McInnes, Healy and Melville, UMAP, arXiv 1802.03426, section 3.1): around each
 * point distances are measured from its nearest neighbour on, in a unit that gives its edges a sum of log2(k); two
 * directions join by their probabilistic sum.
 */
export function neighbourGraph(points: Points, k: number): NeighbourGraph {
  const { indices, distances } = nearestOthers(points, k)
  const weightOf = new Map<number, number>()
  const { count } = points
  for (let i = 0; i < count; i++) {
    const own = distances.subarray(i * k, (i + 1) * k)
    const nearest = own.find((distance) => distance > 0) ?? 0
    const unit = unitFor(own, nearest, Math.log2(k))
    for (let n = 0; n < k; n++) {
      const j = indices[i * k + n]!
      const weight = Math.exp(-Math.max(0, own[n]! - nearest) / unit)
      const key = i < j ? i * count + j : j * count + i
      const other = weightOf.get(key)
      weightOf.set(key, other === undefined ? weight : weight + other - weight * other)
    }
  }
  const keys = [...weightOf.keys()]
  return {
    a: Int32Array.from(keys, (key) => Math.floor(key / count)),
    b: Int32Array.from(keys, (key) => key % count),
    weights: Float32Array.from(weightOf.values()),
  }
}

/** The unit in which exp(-(distance - nearest) / unit) sums to `target`, by bisection. */
function unitFor(distances: Float32Array, nearest: number, target: number): number {
  let [low, high, unit] = [0, Infinity, 1]
  for (let round = 0; round < 64; round++) {
    let sum = 0
    for (const distance of distances) sum += Math.exp(-Math.max(0, distance - nearest) / unit)
    if (Math.abs(sum - target) < 1e-5) break
    if (sum > target) {
      high = unit
      unit = (low + high) / 2
    } else {
      low = unit
      unit = high === Infinity ? unit * 2 : (low + high) / 2
    }
  }
  const mean = distances.reduce((total, distance) => total + distance, 0) / distances.length
  // Of equal points every unit gives the same sum: a floor, as in the reference.
  return Math.max(unit, 1e-3 * mean, 1e-12)
}

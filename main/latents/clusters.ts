import { AppError } from '../../shared/errors.ts'
import { Random } from '../../shared/random.ts'
import { type Points, pointAt, squaredDistance } from './points.ts'

export interface Clusters {
  /** cluster of each point, 0 to k - 1, the largest cluster first */
  readonly assignments: Int32Array
  /** k centres */
  readonly centres: readonly Float32Array[]
  /** sum of the squared distances to the centres */
  readonly inertia: number
}

/**
 * k-means: starts drawn far from each other (k-means++, Arthur and Vassilvitskii, SODA 2007), then Lloyd's steps until
 * nothing moves; the best of several starts.
 * @throws AppError `bad-input` for k outside 1 to the number of points
 */
export function kMeans(
  points: Points,
  k: number,
  { seed = 0, starts = 4, signal }: { seed?: number; starts?: number; signal?: AbortSignal | undefined } = {},
): Clusters {
  if (!Number.isInteger(k) || k < 1 || k > points.count) {
    throw new AppError('bad-input', `clusters: expected 1 to ${points.count}, got ${k}`)
  }
  let best: Clusters | null = null
  for (let start = 0; start < starts; start++) {
    const found = lloyd(points, drawnCentres(points, k, new Random([seed, start])), signal)
    if (!best || found.inertia < best.inertia) best = found
  }
  return largestFirst(best!)
}

function drawnCentres(points: Points, k: number, random: Random): Float32Array[] {
  const centres = [pointAt(points, random.integer(points.count)).slice()]
  const nearest = new Float64Array(points.count).fill(Infinity)
  while (centres.length < k) {
    let total = 0
    for (let i = 0; i < points.count; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(pointAt(points, i), centres.at(-1)!))
      total += nearest[i]!
    }
    let left = random.uniform() * total
    let chosen = 0
    for (; chosen < points.count - 1; chosen++) {
      left -= nearest[chosen]!
      if (left <= 0) break
    }
    centres.push(pointAt(points, chosen).slice())
  }
  return centres
}

function lloyd(points: Points, start: Float32Array[], signal?: AbortSignal): Clusters {
  let centres = start
  const assignments = new Int32Array(points.count).fill(-1)
  for (let round = 0; ; round++) {
    signal?.throwIfAborted()
    let [inertia, moved] = [0, 0]
    for (let i = 0; i < points.count; i++) {
      const { index, square } = nearestCentre(pointAt(points, i), centres)
      if (assignments[i] !== index) moved++
      assignments[i] = index
      inertia += square
    }
    if (moved === 0 || round === 100) return { assignments, centres, inertia }
    centres = meansOf(points, assignments, centres)
  }
}

function nearestCentre(
  point: Float32Array,
  centres: readonly Float32Array[],
): { index: number; square: number } {
  let [index, square] = [0, Infinity]
  for (const [c, centre] of centres.entries()) {
    const distance = squaredDistance(point, centre)
    if (distance < square) [index, square] = [c, distance]
  }
  return { index, square }
}

/** A centre without points stays where it is. */
function meansOf(points: Points, assignments: Int32Array, centres: readonly Float32Array[]): Float32Array[] {
  const sums = centres.map((centre) => new Float64Array(centre.length))
  const counts = new Int32Array(centres.length)
  for (let i = 0; i < points.count; i++) {
    const sum = sums[assignments[i]!]!
    const point = pointAt(points, i)
    for (let d = 0; d < sum.length; d++) sum[d]! += point[d]!
    counts[assignments[i]!]!++
  }
  return sums.map((sum, c) =>
    counts[c] === 0 ? centres[c]! : Float32Array.from(sum, (value) => value / counts[c]!),
  )
}

function largestFirst({ assignments, centres, inertia }: Clusters): Clusters {
  const counts = centres.map((_, c) => assignments.reduce((sum, each) => sum + (each === c ? 1 : 0), 0))
  const order = centres.map((_, c) => c).sort((a, b) => counts[b]! - counts[a]! || a - b)
  const rank = new Int32Array(order.length)
  for (const [place, c] of order.entries()) rank[c] = place
  return { assignments: assignments.map((c) => rank[c]!), centres: order.map((c) => centres[c]!), inertia }
}

/**
 * How well points lie in their clusters, -1 to 1 (Rousseeuw 1987): for each (b - a) / max(a, b), a its mean distance to
 * its own cluster, b to the next one. Mean over a sample of at most `sample` points; distances to all of them.
 */
export function silhouette(points: Points, assignments: ArrayLike<number>, sample = 1000, seed = 0): number {
  const k = Math.max(...Array.from(assignments)) + 1
  const counts = new Int32Array(k)
  for (let i = 0; i < points.count; i++) counts[assignments[i]!]!++
  const all = Array.from({ length: points.count }, (_, i) => i)
  const chosen = points.count <= sample ? all : new Random([seed]).shuffle(all).slice(0, sample)
  let sum = 0
  for (const i of chosen) {
    const own = assignments[i]!
    if (counts[own] === 1) continue // Rousseeuw: 0
    const distances = new Float64Array(k)
    for (let j = 0; j < points.count; j++) {
      distances[assignments[j]!]! += Math.sqrt(squaredDistance(pointAt(points, i), pointAt(points, j)))
    }
    const a = distances[own]! / (counts[own]! - 1)
    let b = Infinity
    for (let c = 0; c < k; c++) if (c !== own && counts[c]! > 0) b = Math.min(b, distances[c]! / counts[c]!)
    if (b < Infinity) sum += (b - a) / Math.max(a, b)
  }
  return sum / chosen.length
}

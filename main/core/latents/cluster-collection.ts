import { join } from 'node:path'
import { type Clusters, kMeans, silhouette } from '../../latents/clusters.ts'
import { type Points, selectPoints } from '../../latents/points.ts'
import { inThread, type ThreadOptions } from '../../platform/thread.ts'

export interface BestClusters {
  readonly count: number
  readonly clusters: Clusters
  readonly silhouette: number
  /** silhouette of each number that was tried */
  readonly tried: readonly { readonly count: number; readonly silhouette: number }[]
}

const most = 12
/** Of more points, evenly chosen ones say how many clusters there are; then all are clustered. */
const judged = 10_000

/** Clusters of as many groups as asked for; `auto`: as many as give the best silhouette. */
export function bestClusters(
  points: Points,
  count: number | 'auto',
  { seed, onProgress }: { seed: number; onProgress?: ((fraction: number) => void) | undefined },
): BestClusters {
  if (count === 'auto' && points.count > judged) {
    const every = Math.ceil(points.count / judged)
    const indices = Array.from({ length: Math.floor(points.count / every) }, (_, i) => i * every)
    const few = bestClusters(selectPoints(points, indices), count, {
      seed,
      onProgress: (fraction) => onProgress?.(0.7 * fraction),
    })
    return { ...bestClusters(points, few.count, { seed }), tried: few.tried }
  }
  const last = Math.min(most, points.count - 1)
  const counts = count === 'auto' ? Array.from({ length: Math.max(1, last - 1) }, (_, i) => i + 2) : [count]
  const found = counts.map((k, i) => {
    const clusters = kMeans(points, k, { seed, starts: count === 'auto' ? 2 : 4 })
    const score = k === 1 ? 0 : silhouette(points, clusters.assignments, 500, seed)
    onProgress?.((i + 1) / counts.length)
    return { count: k, clusters, silhouette: score }
  })
  const best = found.reduce((a, b) => (b.silhouette > a.silhouette ? b : a))
  return { ...best, tried: found.map(({ clusters, ...rest }) => rest) }
}

/** The same in a thread of its own. @throws AppError also `aborted` */
export function clustersInThread(
  points: Points,
  count: number | 'auto',
  { seed, ...options }: { seed: number } & Omit<ThreadOptions, 'what'>,
): Promise<BestClusters> {
  const path = join(import.meta.dirname, 'cluster-worker.ts')
  return inThread(path, { points, count, seed }, { ...options, what: 'clustering' })
}

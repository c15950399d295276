import { type Clusters, kMeans, silhouette } from '../../latents/clusters.ts'
import type { Points } from '../../latents/points.ts'

export interface BestClusters {
  readonly count: number
  readonly clusters: Clusters
  readonly silhouette: number
  /** silhouette of each number that was tried */
  readonly tried: readonly { readonly count: number; readonly silhouette: number }[]
}

const most = 12

/** Clusters of as many groups as asked for; `auto`: as many as give the best silhouette. */
export function bestClusters(
  points: Points,
  count: number | 'auto',
  { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
): BestClusters {
  const last = Math.min(most, points.count - 1)
  const counts = count === 'auto' ? Array.from({ length: Math.max(1, last - 1) }, (_, i) => i + 2) : [count]
  const found = counts.map((k) => {
    const clusters = kMeans(points, k, { seed, starts: count === 'auto' ? 2 : 4, signal })
    return {
      count: k,
      clusters,
      silhouette: k === 1 ? 0 : silhouette(points, clusters.assignments, 500, seed),
    }
  })
  const best = found.reduce((a, b) => (b.silhouette > a.silhouette ? b : a))
  return { ...best, tried: found.map(({ clusters, ...rest }) => rest) }
}

import type { ClusterName } from '../../catalog/clusterNames.ts'
import type { Clusters } from '../../latents/clusters.ts'
import { type Points, pointAt, squaredDistance } from '../../latents/points.ts'

/**
 * Which known name each cluster carries, if any: that of the middle which is nearest to its own where the cluster is also
 * the nearest one to that name, and no further than the cluster's own points are on the average. So names outlive a
 * restart, another number of clusters, and photos that came or went.
 */
export function namesOfClusters(
  { centres, assignments }: Clusters,
  points: Points,
  known: readonly ClusterName[],
): (ClusterName | null)[] {
  const fitting = known.filter(({ centre }) => centre.length === points.length)
  const reach = meanSquares(centres, assignments, points)
  return centres.map((centre, cluster) => {
    const name = nearest(fitting, centre, (one) => one.centre)
    if (!name || squaredDistance(name.centre, centre) > reach[cluster]!) return null
    return nearest(centres, name.centre, (one) => one) === centre ? name : null
  })
}

function nearest<One>(
  all: readonly One[],
  to: Float32Array,
  place: (one: One) => Float32Array,
): One | undefined {
  let [best, least] = [undefined as One | undefined, Infinity]
  for (const one of all) {
    const square = squaredDistance(place(one), to)
    // Of equal ones the later: what was named last holds.
    if (square <= least) [best, least] = [one, square]
  }
  return best
}

/** Of each cluster: mean squared distance of its points to its middle. */
function meanSquares(centres: readonly Float32Array[], assignments: Int32Array, points: Points): number[] {
  const sums = new Float64Array(centres.length)
  const counts = new Float64Array(centres.length)
  for (const [i, cluster] of assignments.entries()) {
    sums[cluster]! += squaredDistance(pointAt(points, i), centres[cluster]!)
    counts[cluster]!++
  }
  return Array.from(sums, (sum, cluster) => sum / Math.max(1, counts[cluster]!))
}

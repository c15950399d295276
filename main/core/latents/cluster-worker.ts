import type { Points } from '../../latents/points.ts'
import { answerThread } from '../../platform/thread.ts'
import { bestClusters } from './cluster-collection.ts'

/** A thread that finds clusters once. */
answerThread(
  ({ points, count, seed }: { points: Points; count: number | 'auto'; seed: number }, onProgress) =>
    bestClusters(points, count, { seed, onProgress }),
)

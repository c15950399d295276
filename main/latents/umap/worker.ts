import { answerThread } from '../../platform/thread.ts'
import type { Points } from '../points.ts'
import { type UmapSettings, umap } from './umap.ts'

/** A thread that draws one map. */
answerThread(({ points, settings }: { points: Points; settings: UmapSettings }, onProgress) =>
  umap(points, settings, onProgress),
)

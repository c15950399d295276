import { join } from 'node:path'
import type { FloatImage } from '../../../shared/image.ts'
import { biharmonic } from '../../../shared/maths/biharmonic.ts'
import { pushPull } from '../../../shared/maths/push-pull.ts'
import { inThread } from '../../platform/thread.ts'

/** Ways of filling that need no model. */
export const fills = { biharmonic, smooth: pushPull } as const
export type Fill = keyof typeof fills

/** Fills lost pixels in a thread of its own. @throws AppError `aborted`; of biharmonic filling `too-large`, `bad-input` */
export function fillInThread(
  fill: Fill,
  image: FloatImage,
  missing: Uint8Array,
  signal?: AbortSignal,
): Promise<FloatImage> {
  const path = join(import.meta.dirname, 'fill-worker.ts')
  return inThread(path, { fill, image, missing }, { signal, what: 'filling' })
}

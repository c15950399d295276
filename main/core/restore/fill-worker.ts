import type { FloatImage } from '../../../shared/image.ts'
import { answerThread } from '../../platform/thread.ts'
import { type Fill, fills } from './fill.ts'

/** A thread that fills the lost pixels of one picture. */
answerThread(({ fill, image, missing }: { fill: Fill; image: FloatImage; missing: Uint8Array }) =>
  fills[fill](image, missing),
)

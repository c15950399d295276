import { banding } from './banding.ts'
import { chroma } from './chroma.ts'
import { correlated } from './correlated.ts'
import { holes } from './damage/holes.ts'
import { lostBlocks } from './damage/lost-blocks.ts'
import { missingLines } from './damage/missing-lines.ts'
import { scratches } from './damage/scratches.ts'
import { filmGrain } from './film-grain.ts'
import { fixedPattern, hotPixels } from './fixed-pattern.ts'
import { gaussian } from './gaussian.ts'
import { jpeg } from './jpeg.ts'
import type { NoiseModel } from './model.ts'
import { poisson } from './poisson.ts'
import { iso, poissonGaussian } from './poisson-gaussian.ts'
import { saltPepper } from './salt-pepper.ts'
import { sensor } from './sensor.ts'
import { speckle } from './speckle.ts'
import { quantisation } from './steps.ts'
import { uniform } from './uniform.ts'

/** All noise models by id, in the order a form lists them. An id never changes its meaning. */
export const noiseModels: ReadonlyMap<string, NoiseModel> = new Map(
  [
    gaussian,
    iso,
    sensor,
    poissonGaussian,
    poisson,
    correlated,
    chroma,
    filmGrain,
    speckle,
    uniform,
    saltPepper,
    hotPixels,
    fixedPattern,
    banding,
    quantisation,
    jpeg,
    holes,
    scratches,
    missingLines,
    lostBlocks,
  ].map((model) => [model.id, model]),
)

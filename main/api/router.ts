import { about } from './about.ts'
import { mergeAreas } from './area.ts'
import { collections, files, undo } from './collections.ts'
import { compress } from './compress.ts'
import { denoise } from './denoise.ts'
import { jobs } from './jobs.ts'
import { latents } from './latents.ts'
import { library } from './library.ts'
import { models } from './models.ts'
import { noise } from './noise.ts'
import { restore } from './restore.ts'
import { settings } from './settings.ts'
import { sweeps } from './sweeps.ts'
import { train } from './train.ts'

/** The contract (shared/contract), area by area. */
export const router = mergeAreas({
  ...{
    about,
    collections,
    compress,
    denoise,
    files,
    jobs,
    latents,
    library,
    models,
    noise,
    restore,
    settings,
    sweeps,
    train,
    undo,
  },
})

import type { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { codecOptions } from './codec/options.ts'
import { convOptions } from './conv/options.ts'
import { denoiserOptions } from './denoiser/options.ts'
import { denseOptions } from './dense/options.ts'
import { vaeOptions } from './vae/options.ts'

/** What is known of an architecture without TensorFlow: for the core and the command line. */
export interface Description {
  readonly id: string
  readonly title: string
  readonly task: 'reconstruct' | 'denoise' | 'restore' | 'compress'
  readonly options: z.ZodType
}

const descriptions: readonly Description[] = [
  { id: 'dense', title: 'Dense autoencoder', task: 'reconstruct', options: denseOptions },
  { id: 'conv', title: 'Convolutional autoencoder', task: 'reconstruct', options: convOptions },
  { id: 'vae', title: 'Variational autoencoder', task: 'reconstruct', options: vaeOptions },
  { id: 'denoiser', title: 'Denoiser for additive noise', task: 'denoise', options: denoiserOptions },
  { id: 'restorer', title: 'Restorer of lost pixels', task: 'restore', options: denoiserOptions },
  { id: 'codec', title: 'Codec for all rates', task: 'compress', options: codecOptions },
]

/** @throws AppError `not-found` naming the ids there are */
export function describe(id: string): Description {
  const found = descriptions.find((description) => description.id === id)
  if (found) return found
  const known = descriptions.map((description) => description.id).join(', ')
  throw new AppError('not-found', `no architecture '${id}'; there are: ${known}`)
}

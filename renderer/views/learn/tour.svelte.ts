import { AppError } from '../../../shared/errors.ts'
import type { Failure } from '../../state/failure.ts'
import { failureOf } from '../../state/failure.ts'
import { library } from '../../state/library.svelte.ts'
import { models } from '../../state/models.svelte.ts'
import { router } from '../../state/router.svelte.ts'
import { latents } from '../latents/latents.svelte.ts'
import { importSamples } from '../library/actions.ts'
import { sweeps } from '../train/sweeps.svelte.ts'
import { training } from '../train/training.svelte.ts'

export interface Step {
  readonly title: string
  readonly text: string
  /** what to look at once it is there */
  readonly look: string
  readonly action: string
  readonly run: () => Promise<void>
}

const patches = { view: 'patch', rows: 16, columns: 16, channels: 3, widths: [32, 64], validationShare: 0.25 }

/**
 * Starts a small training of the sample photos in the Train view, or shows the one that there is already.
 * @throws AppError `conflict` while another network is trained: only one is at a time
 */
async function train(name: string, epochs: number, values: Record<string, unknown>): Promise<void> {
  while (!training.isReady && !training.failure) await new Promise((resolve) => setTimeout(resolve, 50))
  const isKnown = training.runs.some(({ id }) => id === name)
  const { running } = training
  if (!isKnown && running) {
    throw new AppError(
      'conflict',
      `${running.id} is still being trained, and one network is trained at a time. Wait until it is done, or stop it in Train.`,
    )
  }
  training.kind = 'run'
  training.setArchitecture('conv')
  training.data = { kind: 'samples' }
  training.dataTitle = 'the sample photos'
  training.isIdx = false
  training.lengthKind = 'epochs'
  training.length = epochs
  training.values = { ...patches, ...values }
  sweeps.choose(null)
  if (isKnown) training.choose(name)
  router.go('train')
  if (isKnown) return
  training.name = name
  if (!(await training.start()))
    throw new AppError('conflict', training.startFailure?.message ?? `${name} did not start`)
}

async function openSample(view: 'denoise' | 'compress'): Promise<void> {
  if (library.current === null) await importSamples()
  router.go(view)
}

/** The latents of the sample photos' patches by the tour's own autoencoder, or by another where it is gone. */
async function encode(): Promise<void> {
  await latents.open()
  const own = latents.models.find(({ id }) => id === 'tour-32') ?? latents.models[0]
  if (!own) {
    throw new AppError(
      'bad-input',
      'This looks into the network of the second step, Reconstruction: train it first.',
    )
  }
  router.go('latents')
  latents.model = own.id
  latents.source = { kind: 'patches' }
  await latents.encode()
}

export const steps: readonly Step[] = [
  {
    title: 'The bottleneck',
    text: 'An autoencoder sends an image through a narrow waist, here 768 values through 8 numbers, and back. Nobody tells it what matters: whatever gets through the waist has to be worth its place.',
    look: 'Patches above, what came through eight numbers below: colours and large shapes survive, detail does not.',
    action: 'Train with 8 numbers',
    run: () => train('tour-8', 12, { code: 8, patchesPerPhoto: 200 }),
  },
  {
    title: 'Reconstruction',
    text: 'The same network with a waist of 32 numbers. It has four times the room, and the loss on held-out patches says what that is worth.',
    look: 'Tick tour-8 under "Compare with": both validation curves stand in one plot, the wider waist lower.',
    action: 'Train with 32 numbers',
    run: async () => {
      await train('tour-32', 12, { code: 32, patchesPerPhoto: 200 })
      training.compare('tour-8', true)
    },
  },
  {
    title: 'What the code knows',
    text: 'Images whose codes are near each other look alike, although nobody said what alike means. The map shows all codes at once; the sliders move one code and decode it as you go.',
    look: 'Click a patch: its neighbours stand below. Then move the first slider: it is the direction in which these patches differ most, often light against dark.',
    action: 'Encode the patches',
    run: encode,
  },
  {
    title: 'Noise',
    text: 'A network that was given noisy images and asked for the clean ones has learned what photos look like, and so what noise is not. The denoiser is such an autoencoder, large and without a narrow waist.',
    look: 'Drag the handle. Then choose "Residual" to see what was taken away: it should look like noise, without edges.',
    action: 'Denoise a sample photo',
    run: () => openSample('denoise'),
  },
  {
    title: 'Generation',
    text: 'Where codes lie densely, any point decodes to something that could have been a photo. Fit a distribution to the codes, draw from it, decode: new patches that nobody took.',
    look: 'Under "Between two, and new ones" press Generate, and try a temperature of 0.5, then 2: tame, then wild.',
    action: 'Open the codes',
    run: encode,
  },
  {
    title: 'Overfitting',
    text: 'Shown only 36 patches, a network learns them by heart: the training loss goes on falling while held-out patches get no better, or worse.',
    look: 'The red point on the validation curve, and the sentence below it, say where that began and what to try.',
    action: 'Overfit on purpose',
    run: () =>
      // Sixteen numbers can learn 36 patches by heart, but not how to draw any patch.
      train('tour-overfit', 150, {
        ...{ code: 16, patchesPerPhoto: 12, widths: [64, 128], validateEvery: 10, averageDecay: 0.8 },
      }).then(() => training.compare('tour-8', false)),
  },
  {
    title: 'Compression',
    text: 'A code that is rounded and written without waste is a small file. The codec is an autoencoder whose waist is measured in bits: one network for every quality.',
    look: 'Move the quality: bits and decibels change together, measured, and the curve compares with WebP and AVIF.',
    action: 'Compress a sample photo',
    run: () => openSample('compress'),
  },
]

/** Where the tour stands; kept between visits. */
class Tour {
  #at = $state(Number(localStorage.getItem('tour') ?? 0) || 0)
  #isBusy = $state(false)
  #failure = $state.raw<Failure | null>(null)

  get at(): number {
    return Math.min(steps.length - 1, this.#at)
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get failure(): Failure | null {
    return this.#failure
  }

  go(step: number): void {
    this.#at = Math.min(steps.length - 1, Math.max(0, step))
    localStorage.setItem('tour', String(this.#at))
  }

  async run(): Promise<void> {
    this.#isBusy = true
    this.#failure = null
    try {
      if (!models.isReady) await models.reload()
      await steps[this.at]!.run()
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#isBusy = false
  }
}

export const tour = new Tour()

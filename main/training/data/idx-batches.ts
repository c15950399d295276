import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { augmentImage, checkAugmentation, type GreyAugmentation } from './augment-grey.ts'
import { type BatchSource, batchesOf } from './batch-source.ts'
import type { IdxImages } from './idx.ts'
import { toFloats } from './recipes/recipe.ts'

export interface IdxBatchOptions {
  readonly images: IdxImages
  /** Which images to train on; the others may be for validation. */
  readonly indices: readonly number[]
  readonly batch: number
  readonly seed: number
  /** null leaves the images as they are. */
  readonly augment: GreyAugmentation | null
  /** Deviation of white noise on the inputs, for pixels in [0, 1]; 0 for none. */
  readonly inputNoise?: number
  /** Share of the inputs' pixels that are black; 0 for none. */
  readonly inputMask?: number
  /** What is to be reconstructed is the image before it was moved. */
  readonly undo?: boolean
  /** The step of the first batch, counted from 0; a resumed run gives the steps it has taken. */
  readonly startStep?: number
}

export interface IdxBatch {
  readonly step: number
  /** The pass over the images that the batch ends in, counted from 0. */
  readonly epoch: number
  /** (batch, rows * columns * channels) in [0, 1]: what is to be reconstructed */
  readonly images: Float32Array
  /** The same with noise, not clipped, and holes, or moved where that is to be undone; else the same array. */
  readonly inputs: Float32Array
  /** (batch) classes, when there are labels */
  readonly labels: Uint8Array | null
}

const orderStream = 0
const imageStream = 1

/**
 * Small images in an order shuffled anew each epoch, moved a little each time. Batches are always full: one may
 * end an epoch and begin the next, and each image comes exactly once per epoch. How an image is moved depends on
 * (seed, epoch, its index). Made when asked for: some 10 microseconds a digit, less than handing it to a thread and
 * back would save. Throws AppError `bad-input` for options out of range.
 */
export function createIdxBatches(options: IdxBatchOptions): BatchSource<IdxBatch> {
  check(options)
  const { images, indices, batch, seed, augment, inputNoise = 0, startStep = 0 } = options
  const { inputMask = 0, undo = false } = options
  const { rows, columns, channels } = images
  const size = rows * columns * channels
  const damages = inputNoise > 0 || inputMask > 0
  const differs = damages || (undo && augment !== null)
  let order = { epoch: -1, indices: [] as number[] }
  let nextStep = startStep
  let closed = false

  function indexAt(epoch: number, place: number): number {
    if (order.epoch !== epoch) {
      order = { epoch, indices: new Random([seed, orderStream, epoch]).shuffle([...indices]) }
    }
    return order.indices[place]
  }

  function makeBatch(step: number): IdxBatch {
    const clean = new Float32Array(batch * size)
    const inputs = differs ? new Float32Array(batch * size) : clean
    const labels = images.labels && new Uint8Array(batch)
    let epoch = 0
    for (let sample = 0; sample < batch; sample++) {
      const position = step * batch + sample
      epoch = Math.floor(position / indices.length)
      const index = indexAt(epoch, position % indices.length)
      const source = images.pixels.subarray(index * size, (index + 1) * size)
      const target = clean.subarray(sample * size, (sample + 1) * size)
      const input = inputs.subarray(sample * size, (sample + 1) * size)
      const random = new Random([seed, imageStream, epoch, index])
      const moved = undo ? input : target
      if (augment) augmentImage(source, images, augment, random, moved)
      else moved.set(toFloats(source))
      if (undo) target.set(toFloats(source))
      else if (differs) input.set(target)
      if (inputNoise > 0) addNoise(input, inputNoise, random)
      if (inputMask > 0) mask(input, channels, inputMask, random)
      if (labels && images.labels) labels[sample] = images.labels[index]
    }
    return { step, epoch, images: clean, inputs, labels }
  }

  const source = {
    async next() {
      if (closed) throw new AppError('aborted', 'the source of batches was closed')
      return makeBatch(nextStep++)
    },
    async close() {
      closed = true
    },
  }
  return { ...source, [Symbol.asyncIterator]: () => batchesOf(source) }
}

/** Images as (indices.length, rows * columns * channels) in [0, 1] and their labels, in the order given: for validation. */
export function idxSubset(images: IdxImages, indices: readonly number[]) {
  const size = images.rows * images.columns * images.channels
  const pixels = new Uint8Array(indices.length * size)
  for (const [place, index] of indices.entries()) {
    pixels.set(images.pixels.subarray(index * size, (index + 1) * size), place * size)
  }
  return {
    images: toFloats(pixels),
    labels: images.labels && Uint8Array.from(indices, (index) => images.labels![index]),
  }
}

function addNoise(values: Float32Array, deviation: number, random: Random): void {
  const noise = random.fillNormal(new Float32Array(values.length))
  for (let i = 0; i < values.length; i++) values[i]! += deviation * noise[i]!
}

function mask(values: Float32Array, channels: number, share: number, random: Random): void {
  for (let at = 0; at < values.length; at += channels) {
    if (random.uniform() < share) values.fill(0, at, at + channels)
  }
}

function check({ images, indices, batch, augment, inputNoise = 0, ...rest }: IdxBatchOptions): void {
  const { inputMask = 0, startStep = 0 } = rest
  if (augment) checkAugmentation(augment)
  const refuse = (name: string, expected: string, received: unknown) => {
    throw new AppError('bad-input', `${name}: expected ${expected}, got ${received}`)
  }
  if (!Number.isInteger(batch) || batch < 1) refuse('batch', 'a whole number from 1 on', batch)
  if (!Number.isSafeInteger(startStep) || startStep < 0)
    refuse('startStep', 'a whole number from 0 on', startStep)
  if (!(inputNoise >= 0)) refuse('inputNoise', 'at least 0', inputNoise)
  if (!(inputMask >= 0 && inputMask < 1)) refuse('inputMask', 'from 0 to below 1', inputMask)
  if (indices.length === 0) refuse('indices', 'at least one image', 'none')
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= images.count)
  if (wrong !== undefined) refuse('indices', `whole numbers from 0 to ${images.count - 1}`, wrong)
}

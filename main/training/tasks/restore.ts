import { pushPull } from '../../../shared/maths/push-pull.ts'
import { missingPixels } from '../../../shared/noise/add-noise.ts'
import { judgedDamages } from '../../../shared/noise/damage/judged.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, readFloats, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { compiledNetwork } from '../../models/compiled-network.ts'
import type { Network } from '../../models/model.ts'
import { lostError, restorerLoss } from '../../models/restorer/loss.ts'
import { type CentreCrop, centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import type { RestoreData } from '../data-settings.ts'
import type { TrainingTask, Validation } from '../task.ts'
import { photoEpochs } from './photo-epochs.ts'
import { photoSamples } from './photo-samples.ts'
import { judgingMode, mean, type PhotoTaskOptions } from './photo-task.ts'

/** Lost pixels of random crops of photos, found again from what is around them. */
export async function createRestoreTask(options: PhotoTaskOptions<RestoreData>): Promise<TrainingTask> {
  const { network, data, batch, seed } = options
  const { crop } = data
  const judged = compiledNetwork(network, judgingMode())
  const batches = await createPhotoBatches({
    ...{ files: options.training, crop, batch, seed, startStep: options.startStep },
    ...{ recipe: 'restore', parameters: { damages: data.damages } },
  })
  const heldOut = await centreCrops(options.validation, data.validationCrop, 8)

  return {
    ...photoEpochs({ training: options.training, batch, crop, skipped: batches.skipped }),
    async next() {
      const { clean, filled, missing, shape } = await batches.next()
      return {
        clean: { shape, data: clean },
        filled: { shape, data: filled },
        missing: { shape: [batch, crop, crop, 1], data: missing },
      }
    },
    loss: (p, tensors) => restorerLoss(network, p, tensors),
    validate: (p, signal) => validateRestorer(judged as Network<Tensor4D>, p, heldOut, signal),
    samples: (p) =>
      photoSamples(heldOut, (data, shape) => {
        const [, height, width] = shape
        const { model, parameters } = judgedDamages[0]!
        const lost = missingPixels({ width, height }, { model, parameters, seed: 0 })
        const filled = pushPull({ width, height, channels: 3, data }, lost).data
        const output = readFloats(() => {
          const missing = tf.tensor4d(Float32Array.from(lost), [1, height, width, 1])
          return network.denoise!(p, tf.tensor4d(filled, shape), missing)
        })
        return { input: data.map((value, i) => (lost[Math.floor(i / 3)] ? 0 : value)), output }
      }),
    close() {
      judged.dispose()
      return batches.close()
    },
  }
}

/** Loss over all damages, and for each the mean PSNR over its lost pixels alone; the damage is the same at every call. */
async function validateRestorer(
  network: Network<Tensor4D>,
  p: NamedTensors,
  photos: readonly CentreCrop[],
  signal: AbortSignal,
): Promise<Validation> {
  const losses: number[] = []
  const metrics: Record<string, number> = {}
  for (const { model, parameters } of judgedDamages) {
    const psnrs: number[] = []
    for (const [index, { data, shape }] of photos.entries()) {
      await breathe()
      signal.throwIfAborted()
      const [, height, width] = shape
      const lost = missingPixels({ width, height }, { model, parameters, seed: index })
      const filled = pushPull({ width, height, channels: 3, data }, lost).data
      const [loss, error] = tf.tidy(() => {
        const missing = tf.tensor4d(Float32Array.from(lost), [1, height, width, 1])
        const restored = network.denoise!(p, tf.tensor4d(filled, shape), missing)
        const difference = tf.clipByValue(restored, 0, 1).sub(tf.tensor4d(data, shape))
        return tf
          .stack([lostError(difference.abs(), missing), lostError(difference.square(), missing)])
          .dataSync()
      })
      losses.push(loss!)
      psnrs.push(-10 * Math.log10(error!))
    }
    metrics[`psnr_${model}_dB`] = mean(psnrs)
  }
  return { loss: mean(losses), metrics }
}

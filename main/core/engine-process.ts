import { AppError } from '../../shared/errors.ts'
import { engineFacts } from '../engine/facts.ts'
import { measureEngine } from '../engine/measure.ts'
import { serveTasks } from '../engine/serve.ts'
import { tf } from '../engine/tensorflow.ts'
import { runTraining } from '../training/run.ts'
import type { EngineTasks } from './engine-tasks.ts'
import { loadModel, readModel } from './loaded-models.ts'

// The process that holds TensorFlow: started by the core, once for inference and once for training.
serveTasks<EngineTasks>({
  facts: () => engineFacts(),
  measure: () => measureEngine(),

  async check(ref) {
    // Not from memory: the files are what is in doubt.
    ;(await readModel(ref)).dispose()
    return null
  },

  async denoise({ model: ref, width, height, noisy, sigma }) {
    const { card, network, parameters, compiled } = await loadModel(ref)
    if (!network.denoise) {
      throw new AppError('bad-input', `model ${card.id} is for '${card.task}', not for denoising`)
    }
    const { denoise } = await compiled()
    return tf.tidy(() => {
      const x = tf.tensor4d(noisy, [1, height, width, 3])
      const level =
        typeof sigma === 'number' ? tf.tensor1d([sigma]) : tf.tensor4d(sigma, [1, height, width, 1])
      return denoise!(parameters, x, level).dataSync() as Float32Array
    })
  },

  async reconstruct({ model: ref, count, values }) {
    const { card, parameters, compiled } = await loadModel(ref)
    if (card.architecture.id !== 'dense') {
      throw new AppError(
        'bad-input',
        `model ${card.id} (${card.architecture.id}) does not reconstruct vectors`,
      )
    }
    const network = await compiled()
    return tf.tidy(() => {
      const x = tf.tensor2d(values, [count, values.length / count])
      const latent = network.encode(parameters, x)
      const reconstructed = network.decode(parameters, latent)
      return {
        reconstructed: reconstructed.dataSync() as Float32Array,
        codes: latent.code.dataSync() as Float32Array,
        codeLength: latent.code.shape[1] ?? 0,
      }
    })
  },

  train: runTraining,
})

import { AppError } from '../../shared/errors.ts'
import { codecOf } from '../code/codec-model.ts'
import { decodeTile } from '../code/decode-tile.ts'
import { encodeTile } from '../code/encode-tile.ts'
import { packCodec } from '../code/pack-codec.ts'
import { synthesiseTile } from '../code/synthesise-tile.ts'
import { engineFacts } from '../engine/facts.ts'
import { measureEngine } from '../engine/measure.ts'
import { serveTasks } from '../engine/serve.ts'
import { readFloats, tf } from '../engine/tensorflow.ts'
import { toSamples } from '../imaging/sample-floats.ts'
import { decodeCodes, encodeVectors, measureVectors } from '../latents/vectors.ts'
import { runTraining } from '../training/run.ts'
import type { EngineTasks } from './engine-tasks.ts'
import { loadModel, readModel } from './loaded-models.ts'

// The process that holds TensorFlow: started by the core, once for inference and once for training.
serveTasks<EngineTasks>({
  facts: () => engineFacts(),
  measure: () => measureEngine(),

  async check(ref) {
    // Not from memory: the files are what is in doubt.
    const model = await readModel(ref)
    try {
      if (model.card.task === 'compress') codecOf(model)
      return null
    } finally {
      model.dispose()
    }
  },

  async ready(ref) {
    await (await loadModel(ref)).compiled()
    return null
  },

  async denoise({ model: ref, width, height, noisy, sigma }) {
    const { card, network, parameters, compiled } = await loadModel(ref)
    if (!network.denoise) {
      throw new AppError('bad-input', `model ${card.id} is for '${card.task}', not for denoising`)
    }
    const { denoise } = await compiled()
    return readFloats(() => {
      const x = tf.tensor4d(noisy, [1, height, width, 3])
      const level =
        typeof sigma === 'number' ? tf.tensor1d([sigma]) : tf.tensor4d(sigma, [1, height, width, 1])
      return denoise!(parameters, x, level)
    })
  },

  async reconstruct({ model: ref, count, values }, { signal }) {
    const model = await loadModel(ref)
    const { codes, codeLength } = await encodeVectors(model, { count, values }, signal)
    return { reconstructed: await decodeCodes(model, { count, codes }, signal), codes, codeLength }
  },

  encodeVectors: async ({ model, ...input }, { signal }) =>
    encodeVectors(await loadModel(model), input, signal),
  decodeCodes: async ({ model, ...input }, { signal }) => decodeCodes(await loadModel(model), input, signal),

  measureVectors: async ({ model, ...input }, { signal }) =>
    measureVectors(await loadModel(model), input, signal),

  encodeTile: async (input, { signal }) => encodeTile(await loadModel(input.model), input, signal),
  decodeTile: async (input) => decodeTile(await loadModel(input.model), input),
  synthesiseTile: async (input) => synthesiseTile(await loadModel(input.model), input),
  synthesiseSamples: async (input) =>
    toSamples(await synthesiseTile(await loadModel(input.model), input), input.depth),

  packCodec: ({ weights, options, photos }) => packCodec(weights, options, photos),

  train: runTraining,
})

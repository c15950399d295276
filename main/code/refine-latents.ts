import { Random } from '../../shared/random.ts'
import type { EngineTasks } from '../core/engine-tasks.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { type Compiled, compile } from '../engine/compile/compile.ts'
import { breathe } from '../engine/serve.ts'
import { readFloats, type Tensor4D, tf } from '../engine/tensorflow.ts'
import { stopIfAborted } from '../imaging/abort.ts'
import { toFloats } from '../imaging/sample-floats.ts'
import { codecOptions, lambdaAt } from '../models/codec/options.ts'
import { type Refinement, type RefinementStep, refine } from '../models/codec/refinement.ts'
import { latentSide } from './grid.ts'
import { cutTo } from './tile-latents.ts'

/** Steps of a tile, how far each goes, and the temperature of the first and the last: chosen on held-out photos. */
const steps = 150
const rate = 0.03
const temperatures = [0.6, 0.1] as const

type Step = Compiled<RefinementStep, Refinement>
const made = new WeakMap<LoadedModel, Step>()

async function stepOf(loaded: LoadedModel): Promise<Step> {
  const known = made.get(loaded)
  if (known) return known
  const { mode } = await loaded.compiled()
  const options = codecOptions.parse(loaded.card.architecture.options)
  // XLA takes minutes to compile this.
  const step = compile((input: RefinementStep) => refine(input, options), {
    mode: mode === 'xla' ? 'float32' : mode,
  })
  loaded.owned.push(step)
  made.set(loaded, step)
  return step
}

/**
 * The core's latents in steps, not rounded, that take fewest bits and errors together: found for this tile by gradients
 * through synthesis and entropy model, a bounded number of steps. The tile's halo is refined with it, and cut off.
 * @throws AppError `aborted`
 */
export async function refinedLatents(
  loaded: LoadedModel,
  { levelQ, width, height, pixels, core }: EngineTasks['encodeTile']['input'],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const [step, { encode }] = [await stepOf(loaded), await loaded.compiled()]
  const p = loaded.parameters
  const random = new Random([levelQ, width, height])
  const kept = tf.tidy(() => {
    const x = tf.tensor4d(toFloats(pixels), [1, height, width, 3])
    const level = tf.tensor1d([levelQ / 1024])
    const { latents, hyper } = encode(p, x)
    const gains = (name: string) => gainsAt(loaded, name, levelQ / 1024)
    const z = hyper!.mul(gains('log_gain_z')).round()
    const y = latents!.mul(gains('log_gain'))
    const perError = tf.scalar(lambdaAt(levelQ / 1024) / 3)
    return { x, level, z, perError, y, mean: tf.zerosLike(y), square: tf.zerosLike(y) }
  })
  const { x, level, z, perError, ...start } = kept
  let state: Refinement = start
  try {
    for (let k = 0; k < steps; k++) {
      stopIfAborted(signal, 'compressing')
      const share = k / (steps - 1)
      const noise = Float32Array.from({ length: state.y.size }, () => random.between(1e-6, 1 - 1e-6))
      const next = tf.tidy(() =>
        step({
          ...{ p, state, x, z, level, perError },
          noise: tf.tensor(noise, state.y.shape),
          temperature: tf.scalar(temperatures[0] * (temperatures[1] / temperatures[0]) ** share),
          ...{ rate: tf.scalar(rate), count: tf.scalar(k + 1) },
        }),
      )
      tf.dispose(Object.values(state))
      state = next
      await breathe()
    }
    return readFloats(() => cutTo(state.y as Tensor4D, core, latentSide))
  } finally {
    tf.dispose([x, level, z, perError, ...Object.values(state)])
  }
}

/** Factors of each channel (1, 1, 1, channels) at a level. */
function gainsAt({ parameters }: LoadedModel, name: string, level: number) {
  const low = Math.min(Math.floor(level), 6)
  const row = (at: number) => parameters[name]!.slice([at, 0], [1, -1])
  return row(low)
    .mul(low + 1 - level)
    .add(row(low + 1).mul(level - low))
    .exp()
    .reshape([1, 1, 1, -1])
}

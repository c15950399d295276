import type { EngineTasks } from '../core/engine-tasks.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { type NamedTensors, readFloats, tf } from '../engine/tensorflow.ts'
import { codecOf } from './codec-model.ts'
import { parts } from './entropy/integer-model.ts'
import { scaled } from './tile-latents.ts'

type Input<Name extends keyof EngineTasks> = EngineTasks[Name]['input']

/** Decoded latents (rows, columns, latents) in 32nds of a step to pixels (rows * 16, columns * 16, 3), not clipped. */
export async function synthesiseTile(
  loaded: LoadedModel,
  { levelQ, rows, columns, latents }: Input<'synthesiseTile'>,
): Promise<Float32Array> {
  const { integers } = codecOf(loaded)
  const { decode } = await loaded.compiled()
  const values = scaled(latents, integers.at(levelQ).log2InverseGain, 1 / parts)
  return readFloats(() => {
    const code: NamedTensors = { latents: tf.tensor4d(values, [1, rows, columns, integers.latents]) }
    return decode(loaded.parameters, code)
  })
}

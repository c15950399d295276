import { AppError } from '../../../shared/errors.ts'
import type { Random } from '../../../shared/random.ts'
import { type NamedTensors, readFloats, tf } from '../../engine/tensorflow.ts'
import type { StoredTensors } from '../safetensors.ts'

/**
 * One weight of a network. Files use PyTorch's names and layouts, memory TensorFlow's:
 * `conv` (out, in, h, w) <-> (h, w, in, out); `convTranspose` (in, out, h, w) <-> (h, w, out, in);
 * `dense` (out, in) <-> (in, out); `plain` as it is.
 */
export interface ParameterSpec {
  readonly name: string
  readonly layout: 'conv' | 'convTranspose' | 'dense' | 'plain'
  /** in PyTorch's layout */
  readonly shape: readonly number[]
  /** values in PyTorch's layout to start training from */
  readonly start: (random: Random, count: number) => Float32Array
}

const toMemory = { conv: [2, 3, 1, 0], convTranspose: [2, 3, 1, 0], dense: [1, 0], plain: null }
const toFile = { conv: [3, 2, 0, 1], convTranspose: [3, 2, 0, 1], dense: [1, 0], plain: null }

/**
 * Weights from a file as tensors in TensorFlow's layout.
 * @throws AppError `corrupt` when a weight is missing, has another shape, or is one that the network does not have
 */
export function parametersFromFile(
  specs: readonly ParameterSpec[],
  stored: StoredTensors,
  label: string,
): NamedTensors {
  const unknown = Object.keys(stored).filter((name) => !specs.some((spec) => spec.name === name))
  if (unknown.length > 0)
    throw new AppError('corrupt', `${label} holds weights this network does not have: ${unknown}`)
  for (const { name, shape } of specs) {
    const found = stored[name]
    if (!found) throw new AppError('corrupt', `${label} lacks the weight '${name}'`)
    if (String(found.shape) !== String(shape)) {
      throw new AppError('corrupt', `${label}: '${name}' should be [${shape}], but is [${found.shape}]`)
    }
  }
  return Object.fromEntries(
    specs.map((spec) => [spec.name, inMemory(spec, stored[spec.name]!.data as Float32Array)]),
  )
}

/** Weights as a file holds them; reads the tensors' data, so it waits for the device. */
export function parametersToFile(specs: readonly ParameterSpec[], parameters: NamedTensors): StoredTensors {
  return Object.fromEntries(
    specs.map(({ name, shape, layout }) => {
      const order = toFile[layout]
      const data = readFloats(() => (order ? parameters[name]!.transpose(order) : parameters[name]!.clone()))
      return [name, { shape, data }]
    }),
  )
}

/** Fresh weights to train from. */
export function startingParameters(specs: readonly ParameterSpec[], random: Random): NamedTensors {
  return Object.fromEntries(
    specs.map((spec) => {
      const count = spec.shape.reduce((product, side) => product * side, 1)
      return [spec.name, inMemory(spec, spec.start(random, count))]
    }),
  )
}

function inMemory({ shape, layout }: ParameterSpec, data: Float32Array) {
  const order = toMemory[layout]
  return tf.tidy(() => {
    const tensor = tf.tensor(data, [...shape], 'float32')
    // A clone through the device even where the layout stays: the array's owner may change it later.
    return order ? tensor.transpose(order) : tensor.add(0)
  })
}

/** PyTorch's default for convolutions and dense layers: uniform in +-1 / sqrt(fan in), scaled. */
export function uniformStart(fanIn: number, scale = 1): ParameterSpec['start'] {
  const bound = scale / Math.sqrt(fanIn)
  return (random, count) => Float32Array.from({ length: count }, () => random.between(-bound, bound))
}

export const zeroStart: ParameterSpec['start'] = (_random, count) => new Float32Array(count)

import { type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { centreCrops } from '../../training/data/centre-crops.ts'
import { parametersFromFile } from '../layers/parameters.ts'
import type { Network } from '../model.ts'
import { readSafetensors, type StoredTensors } from '../safetensors.ts'
import { activationRanges } from './calibrate.ts'
import { codec } from './codec.ts'
import { codecOptions } from './options.ts'
import { quantise } from './quantise.ts'

/** Photos that tell what 8 bits of each activation must span, and the side of what is taken of them, in pixels. */
const [calibrated, side] = [16, 320]

/**
 * What a codec's model file holds: its transforms, and its entropy model in integers.
 * @param weights path of its floats
 * @param photos paths; the first are looked at
 * @throws AppError where the floats do not fit the options, or a photo cannot be read
 */
export async function packCodec(
  weights: string,
  options: unknown,
  photos: readonly string[],
): Promise<StoredTensors> {
  const parsed = codecOptions.parse(options)
  const { tensors } = await readSafetensors(weights)
  const cut = await centreCrops(photos.slice(0, calibrated), side, 64)
  const crops = cut.map(({ data, shape }) => tf.tensor4d(data, shape) as Tensor4D)
  const parameters = parametersFromFile(codec.parameters(parsed), tensors, weights)
  try {
    const network = codec.build(parsed) as Network<Tensor4D>
    return quantise(tensors, activationRanges(network, parameters, crops, parsed), parsed)
  } finally {
    tf.dispose([...crops, ...Object.values(parameters)])
  }
}

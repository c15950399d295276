import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { activationRanges } from '../models/codec/calibrate.ts'
import { codec } from '../models/codec/codec.ts'
import { type CodecOptions, codecOptions } from '../models/codec/options.ts'
import { quantise } from '../models/codec/quantise.ts'
import { parametersFromFile } from '../models/layers/parameters.ts'
import type { Network } from '../models/model.ts'
import { readSafetensors, type StoredTensors } from '../models/safetensors.ts'
import { type CentreCrop, centreCrops } from '../training/data/centre-crops.ts'
import { rateDistortion } from './choose-symbols.ts'
import { codeLatents } from './encode-tile.ts'
import { IntegerModel } from './entropy/integer-model.ts'
import { TableFit } from './fit-tables.ts'
import { packTables } from './frequency-table.ts'
import { type Coder, latentsOf } from './tile-latents.ts'

/** Photos that tell what 8 bits of each activation must span, and the side of what is taken of them, in pixels. */
const [calibrated, side] = [24, 320]
/** Levels at which the same photos are coded to count symbols. */
const countedLevels = [0, 1200, 2400, 3600, 4800, 6000, 7168]

/**
 * What a codec's model file holds: its transforms, its entropy model in integers, and tables fitted to what coding
 * photos with it gives.
 * @param weights path of its floats
 * @param photos paths; some, evenly from among them, are looked at
 * @throws AppError where the floats do not fit the options, or a photo cannot be read
 */
export async function packCodec(
  weights: string,
  options: unknown,
  photos: readonly string[],
): Promise<StoredTensors> {
  const parsed = codecOptions.parse(options)
  const { tensors } = await readSafetensors(weights)
  const crops = await centreCrops(spread(photos, calibrated), side, 64)
  const parameters = parametersFromFile(codec.parameters(parsed), tensors, weights)
  const network = codec.build(parsed)
  try {
    const ranges = activationRanges(network, parameters, crops, parsed)
    const stored = quantise(tensors, ranges, parsed)
    fitTables(stored, { network, parameters, options: parsed }, crops)
    return stored
  } finally {
    tf.dispose(parameters)
  }
}

interface Floats {
  readonly network: Network
  readonly parameters: NamedTensors
  readonly options: CodecOptions
}

/** Puts fitted tables into the place of Gaussians. */
function fitTables(
  stored: StoredTensors,
  { network, parameters, options }: Floats,
  crops: readonly CentreCrop[],
): void {
  const integers = new IntegerModel(stored, options, 'the codec being packed')
  const fit = new TableFit()
  const coder: Coder = { parameters, encode: network.encode }
  try {
    for (const { shape, data: pixels } of crops)
      for (const levelQ of countedLevels) {
        const [, height, width] = shape
        const level = integers.at(levelQ)
        const core = { x: 0, y: 0, width, height }
        const latents = latentsOf(coder, level, { width, height, pixels, core })
        codeLatents({ integers }, level, {
          ...latents,
          choice: fit.counting(rateDistortion({ integers }, level, levelQ)),
        })
      }
    for (const [part, data] of Object.entries(packTables(fit.tables(integers.tables))))
      stored[`entropy.tables.${part}`] = { shape: [data.length], data }
  } finally {
    integers.dispose()
  }
}

/** So many of them, from all over. */
function spread<T>(items: readonly T[], count: number): T[] {
  const kept = Math.min(count, items.length)
  return Array.from({ length: kept }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / kept)]!)
}

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nearest, rateDistortion, type SymbolChoice } from '../../../main/code/choose-symbols.ts'
import { codeLatents as codeIntegers } from '../../../main/code/encode-tile.ts'
import { IntegerModel, smallestScale, tableStep } from '../../../main/code/entropy/integer-model.ts'
import { octave } from '../../../main/code/entropy/powers.ts'
import { erfc } from '../../../main/code/prior-tables.ts'
import { latentsOf } from '../../../main/code/tile-latents.ts'
import { type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { activationRanges } from '../../../main/models/codec/calibrate.ts'
import { codec } from '../../../main/models/codec/codec.ts'
import { codeLatents } from '../../../main/models/codec/entropy-model.ts'
import { codecOptions } from '../../../main/models/codec/options.ts'
import { quantise } from '../../../main/models/codec/quantise.ts'
import { at, hyperSynthesise } from '../../../main/models/codec/transforms.ts'
import { parametersFromFile } from '../../../main/models/layers/parameters.ts'
import { readSafetensors } from '../../../main/models/safetensors.ts'
import { type CentreCrop, centreCrops } from '../../../main/training/data/centre-crops.ts'

const root = join(import.meta.dirname, '../../..')
const options = codecOptions.parse({})

/** A trained codec in floats, and the integers made of them. */
async function trained(crops: readonly CentreCrop[]) {
  const path = join(root, 'test/golden/codec/weights.safetensors')
  const { tensors } = await readSafetensors(path)
  const parameters = parametersFromFile(codec.parameters(options), tensors, path)
  const network = codec.build(options)
  const ranges = activationRanges(network, parameters, crops, options)
  const integers = new IntegerModel(quantise(tensors, ranges, options), options, 'the golden codec')
  return { parameters, network, integers }
}

/** Bits of a symbol by the Gaussian of a table's scale, which the table itself only comes near to. */
function gaussianBits(symbol: number, table: number): number {
  const scale = smallestScale * 2 ** ((table * tableStep) / octave)
  const beyond = (edge: number) => 0.5 * erfc(((Math.abs(symbol) + edge) / scale) * Math.SQRT1_2)
  return -Math.log2(Math.max(1e-9, beyond(-0.5) - beyond(0.5)))
}

test.each([
  ['to the nearest', () => nearest],
  ['by rate and distortion', rateDistortion],
] as const)(
  'scales told by integers instead of floats cost less than a quarter of a percent, rounded %s',
  async (_, choiceOf) => {
    const files = ['canyon', 'colorado-sign', 'lake', 'walrus'].map((name) =>
      join(root, `assets/samples/${name}.jpg`),
    )
    const crops = await centreCrops(files, 256, 64)
    const { parameters, network, integers } = await trained(crops)
    for (const level of [0, 2, 4.5, 7]) {
      const levelQ = 1024 * level
      const tables = integers.at(levelQ)
      let [byIntegers, byFloats] = [0, 0]
      for (const { shape, data: pixels } of crops) {
        const [, height, width] = shape
        const core = { x: 0, y: 0, width, height }
        const coder = { parameters, encode: network.encode }
        const { y, z, rows, columns } = latentsOf(coder, tables, { width, height, pixels, core })
        const choose = choiceOf({ integers }, tables, levelQ)
        const choice: SymbolChoice = (...given) => {
          const symbols = choose(...given)
          for (const [i, symbol] of symbols.entries()) byIntegers += gaussianBits(symbol, given[2].tables[i]!)
          return symbols
        }
        const { latents } = codeIntegers({ integers }, tables, { y, z, rows, columns, choice })
        byFloats += tf.tidy(() => {
          const gain = (name: string) => at(parameters, name, tf.tensor1d([level])).exp() as Tensor4D
          const hyper = tf
            .tensor4d(z, [1, rows / 4, columns / 4, options.hyper])
            .round()
            .div(gain('log_gain_z'))
          const given = {
            y: tf.tensor4d(
              Float32Array.from(latents, (value) => value / 32),
              [1, rows, columns, options.latents],
            ),
            hyper: hyperSynthesise(parameters, hyper as Tensor4D),
            gain: gain('log_gain'),
          }
          const { probability } = codeLatents(parameters, given, null, options.groups)
          return -probability.log().sum().dataSync()[0]! * Math.LOG2E
        })
      }
      console.info(`level ${level}: ${(100 * (byIntegers / byFloats - 1)).toFixed(3)} %`)
      expect(byIntegers / byFloats, `level ${level}`).toBeLessThan(1.0025)
    }
    tf.dispose(parameters)
    integers.dispose()
  },
)

import { crc32 } from 'node:zlib'
import { AppError } from '../../shared/errors.ts'
import type { EngineTasks } from '../core/engine-tasks.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { type NamedTensors, readFloats, type Tensor4D, tf } from '../engine/tensorflow.ts'
import { lambdaAt } from '../models/codec/options.ts'
import { nearest, rateDistortion, type SymbolChoice, triedStrengths } from './choose-symbols.ts'
import { type CodecModel, codecOf } from './codec-model.ts'
import type { LevelIntegers } from './entropy/integer-model.ts'
import { LatentWalk } from './entropy/latent-walk.ts'
import { octave } from './entropy/powers.ts'
import { SymbolDecoder, SymbolEncoder } from './symbol-coder.ts'
import { bitsOf } from './symbol-cost.ts'

/** Pixels along a side of one latent position, and of one hyper-latent. */
const [latentSide, hyperSide] = [16, 64]

type Input<Name extends keyof EngineTasks> = EngineTasks[Name]['input']
type Output<Name extends keyof EngineTasks> = EngineTasks[Name]['output']

/**
 * A tile's pixels to its stream. `latents` are what a decoder gets from it, in sixteenths of a step.
 * @throws AppError `bad-input` when the model is no codec
 */
export async function encodeTile(
  loaded: LoadedModel,
  input: Input<'encodeTile'>,
): Promise<Output<'encodeTile'>> {
  const codec = codecOf(loaded)
  const level = codec.integers.at(input.levelQ)
  const { y, z, rows, columns } = await analyseTile(loaded, level, input)
  const code = (choice: SymbolChoice) => codeLatents(codec, level, { y, z, rows, columns, choice })
  if (input.effort === 0) return code(nearest)
  if (input.effort === 1) return code(rateDistortion(codec, level, input.levelQ))
  const perError = lambdaAt(input.levelQ / 1024) / 3
  let best: Output<'encodeTile'> | null = null
  let least = Number.POSITIVE_INFINITY
  for (const strength of triedStrengths) {
    const tried = code(rateDistortion(codec, level, input.levelQ, strength))
    const decoded = await synthesiseTile(loaded, { ...input, rows, columns, latents: tried.latents })
    const cost = 8 * tried.stream.length + perError * squaredError(decoded, input)
    if (cost < least) [best, least] = [tried, cost]
  }
  return best!
}

/** Sum of the squared differences of the core's decoded pixels (as saved: clipped) and its own. */
function squaredError(decoded: Float32Array, { width, pixels, core }: Input<'encodeTile'>): number {
  let sum = 0
  for (let row = 0, i = 0; row < core.height; row++) {
    const start = 3 * ((core.y + row) * width + core.x)
    for (let k = start; k < start + 3 * core.width; k++, i++)
      sum += (Math.min(1, Math.max(0, decoded[i]!)) - pixels[k]!) ** 2
  }
  return sum
}

/** Latents and hyper-latents in steps, not rounded, of the tile's core. */
export interface TileLatents {
  readonly y: Float32Array
  readonly z: Float32Array
  readonly rows: number
  readonly columns: number
}

async function analyseTile(
  loaded: LoadedModel,
  level: LevelIntegers,
  { width, height, pixels, core }: Input<'encodeTile'>,
): Promise<TileLatents> {
  const { encode } = await loaded.compiled()
  const { latents, hyper } = tf.tidy(() =>
    encode(loaded.parameters, tf.tensor4d(pixels, [1, height, width, 3])),
  )
  try {
    const cut = (tensor: Tensor4D, side: number) =>
      readFloats(() =>
        tensor.slice(
          [0, core.y / side, core.x / side, 0],
          [1, core.height / side, core.width / side, tensor.shape[3]],
        ),
      )
    return {
      y: scaled(cut(latents as Tensor4D, latentSide), level.log2Gain),
      z: scaled(cut(hyper as Tensor4D, hyperSide), level.log2GainZ),
      rows: core.height / latentSide,
      columns: core.width / latentSide,
    }
  } finally {
    tf.dispose([latents!, hyper!])
  }
}

/** Entropy coding alone: the same walk as the decoder's, which sees what this one has put. */
function codeLatents(
  { integers }: CodecModel,
  level: LevelIntegers,
  { y, z, rows, columns, choice }: TileLatents & { choice: SymbolChoice },
): Output<'encodeTile'> {
  const encoder = new SymbolEncoder()
  const checksum = new Checksum()
  let estimatedBits = 0
  const symbolsZ = Int16Array.from(z, (value) => Math.max(-32000, Math.min(32000, Math.round(value))))
  const [shifted, tablesZ] = hyperSymbols(symbolsZ, level)
  encoder.push(shifted, tablesZ, integers.tablesZ)
  estimatedBits += bitsOf(shifted, tablesZ, integers.tablesZ)
  checksum.add(symbolsZ)
  const walk = new LatentWalk(integers, level, rows, columns)
  try {
    walk.start(symbolsZ)
    for (const step of walk.steps) {
      const prediction = walk.predict(step)
      const symbols = choice(y, step, prediction, integers)
      encoder.push(symbols, prediction.tables, integers.tables)
      estimatedBits += bitsOf(symbols, prediction.tables, integers.tables)
      checksum.add(symbols)
      walk.put(step, prediction, symbols)
    }
  } finally {
    walk.dispose()
  }
  return { stream: encoder.finish(), symbolsCrc32: checksum.value, estimatedBits, latents: walk.decoded16 }
}

/**
 * A tile's stream to its latents, in sixteenths of a step, and the bits that each position took.
 * @throws AppError `corrupt` for a stream that this model cannot have written
 */
export async function decodeTile(
  loaded: LoadedModel,
  { levelQ, rows, columns, stream }: Input<'decodeTile'>,
): Promise<Output<'decodeTile'>> {
  const { integers } = codecOf(loaded)
  const level = integers.at(levelQ)
  const decoder = new SymbolDecoder(stream, 'a tile')
  const checksum = new Checksum()
  const bits = new Float32Array(rows * columns)
  const count = (rows / 4) * (columns / 4) * integers.hyper
  const symbolsZ = new Int16Array(count)
  const tablesZ = Uint8Array.from({ length: count }, (_, i) => level.tableZ[i % integers.hyper]!)
  decoder.read(tablesZ, integers.tablesZ, symbolsZ)
  const bitsZ = new Float32Array(count)
  bitsOf(symbolsZ, tablesZ, integers.tablesZ, bitsZ)
  for (let i = 0; i < count; i++) {
    const position = Math.floor(i / integers.hyper)
    const [row, column] = [Math.floor(position / (columns / 4)), position % (columns / 4)]
    for (let k = 0; k < 16; k++)
      bits[(row * 4 + (k >> 2)) * columns + column * 4 + (k & 3)]! += bitsZ[i]! / 16
    const symbol = symbolsZ[i]! + level.shiftZ[i % integers.hyper]!
    if (symbol < -32768 || symbol > 32767) throw new AppError('corrupt', `a tile: hyper-latent ${symbol}`)
    symbolsZ[i] = symbol
  }
  checksum.add(symbolsZ)
  const walk = new LatentWalk(integers, level, rows, columns)
  try {
    walk.start(symbolsZ)
    for (const step of walk.steps) {
      const prediction = walk.predict(step)
      const symbols = new Int16Array(prediction.tables.length)
      decoder.read(prediction.tables, integers.tables, symbols)
      checksum.add(symbols)
      const spent = new Float32Array(symbols.length)
      bitsOf(symbols, prediction.tables, integers.tables, spent)
      const size = step.to - step.from
      for (let i = 0; i < spent.length; i++) bits[step.positions[Math.floor(i / size)]!]! += spent[i]!
      walk.put(step, prediction, symbols)
    }
  } finally {
    walk.dispose()
  }
  decoder.finish()
  return { latents: walk.decoded16, symbolsCrc32: checksum.value, bits }
}

/** Decoded latents (rows, columns, latents) in sixteenths of a step to pixels (rows * 16, columns * 16, 3), not clipped. */
export async function synthesiseTile(
  loaded: LoadedModel,
  { levelQ, rows, columns, latents }: Input<'synthesiseTile'>,
): Promise<Float32Array> {
  const { integers } = codecOf(loaded)
  const { decode } = await loaded.compiled()
  const values = scaled(latents, integers.at(levelQ).log2InverseGain, 1 / 16)
  return readFloats(() => {
    const code: NamedTensors = { latents: tf.tensor4d(values, [1, rows, columns, integers.latents]) }
    return decode(loaded.parameters, code)
  })
}

/** Values (..., channels) times 2^(log2 / 65536) of their channel. */
function scaled(values: Float32Array | Int16Array, log2: Int32Array, by = 1): Float32Array {
  const factors = Float64Array.from(log2, (value) => by * 2 ** (value / octave))
  const channels = factors.length
  const result = new Float32Array(values.length)
  for (let i = 0; i < values.length; i += channels)
    for (let c = 0; c < channels; c++) result[i + c] = values[i + c]! * factors[c]!
  return result
}

/** What is coded of hyper-latents: their distance from a whole number near their mean, and the tables. */
function hyperSymbols(z: Int16Array, { tableZ, shiftZ }: LevelIntegers): [Int16Array, Uint8Array] {
  const channels = tableZ.length
  return [
    z.map((symbol, i) => symbol - shiftZ[i % channels]!),
    Uint8Array.from(z, (_, i) => tableZ[i % channels]!),
  ]
}

/** CRC-32 of symbols as little-endian 16-bit integers. */
class Checksum {
  value = 0
  add(symbols: Int16Array): void {
    this.value = crc32(new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength), this.value)
  }
}

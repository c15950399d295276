import { readFloats, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import { anchorTaps, type IntegerModel, type LevelIntegers, phases, scaleIndex } from './integer-model.ts'
import { type IntegerLayer, to8Bit } from './layer.ts'
import { type Grid, patchesOf, positionsOf, taps } from './patches.ts'

/** Decoded values are stored in sixteenths of a step, within these. */
const [smallest16, largest16] = [-32768, 32767]
/** Means stay within 1,000 steps, so that symbols near them fit. */
const largestMean16 = 16000

export interface Prediction {
  /** table of each symbol */
  readonly tables: Uint8Array
  /** mean of each symbol's latent, in sixteenths of a step */
  readonly mean16: Int16Array
}

/** Positions of the tile and channels of the latents that a step decodes: all channels of a position, one by one. */
export interface Step {
  readonly group: number
  readonly parity: number
  readonly positions: Int32Array
  /** first channel, and the one after the last */
  readonly from: number
  readonly to: number
}

/**
 * The latents of a tile, decoded in steps (channel groups, each in two checkerboard passes): `start` with the
 * hyper-latents, then for each step `predict`, code the symbols, `put`. Encoder and decoder walk alike, in integers
 * only, so both see the same tables and means on every machine.
 */
export class LatentWalk {
  /** (rows, columns, latents), in sixteenths of a step */
  readonly decoded16: Int16Array
  readonly steps: readonly Step[]
  /** `decoded16` as the networks see it: standard deviations in 8 bits */
  readonly #seen: Grid
  readonly #model: IntegerModel
  readonly #level: LevelIntegers
  readonly #rows: number
  readonly #columns: number
  #features: Tensor2D | null = null
  #base: Tensor2D | null = null

  /** @param rows, columns of latents, multiples of 4 */
  constructor(model: IntegerModel, level: LevelIntegers, rows: number, columns: number) {
    this.#model = model
    this.#level = level
    this.#rows = rows
    this.#columns = columns
    const count = rows * columns * model.latents
    this.decoded16 = new Int16Array(count)
    this.#seen = { rows, columns, channels: model.latents, values: new Float32Array(count) }
    const colours = [0, 1].map((parity) => positionsOf(rows, columns, parity))
    this.steps = model.groups.flatMap((size, group) =>
      colours.map((positions, parity) => ({
        ...{ group, parity, positions, from: model.starts[group]! },
        to: model.starts[group]! + size,
      })),
    )
  }

  /** @param z symbols of the hyper-latents (rows / 4, columns / 4, hyper) */
  start(z: Int16Array): void {
    const [model, level] = [this.#model, this.#level]
    const values = Float32Array.from(z, (symbol, i) =>
      clip(Math.floor(symbol * level.toInputZ[i % model.hyper]! + 0.5), -127, 127),
    )
    const grid = { rows: this.#rows / 4, columns: this.#columns / 4, channels: model.hyper, values }
    const middle = doubled(grid, model.expand, model.hyper, true)
    const { values: features } = doubled(middle, model.spread, model.context, false)
    this.#features = tf.tensor2d(features, [this.#rows * this.#columns, model.context])
  }

  predict({ group, parity, positions, from, to }: Step): Prediction {
    const [model, level] = [this.#model, this.#level]
    const size = to - from
    if (parity === 0) this.#startGroup(group)
    const sums = readFloats(() => {
      let features = tf.gather(this.#base!, tf.tensor1d(positions, 'int32'))
      if (parity === 1) {
        const offsets = anchorTaps.map(({ offset }) => offset)
        const patches = patchesOf(this.#seen, positions, offsets, from, to)
        features = features.add(model.fromAnchors[group]!.apply(asMatrix(patches, positions.length)))
      }
      const shift = model.sumShift[group]!
      const divided = features
        .add(2 ** shift / 2)
        .mul(2 ** -shift)
        .floor() as Tensor2D
      return model.heads[group]!.sums(to8Bit(model.mix[group]!.apply(to8Bit(divided))))
    })
    const { factors } = model.heads[group]!
    const count = positions.length * size
    const [tables, mean16] = [new Uint8Array(count), new Int16Array(count)]
    const meanFactor = Float64Array.from({ length: size }, (_, c) => 16 * factors[c]! * level.unit[from + c]!)
    const scaleFactor = Float64Array.from({ length: size }, (_, c) => 65536 * factors[size + c]!)
    for (let n = 0, i = 0, at = 0; n < positions.length; n++, at += 2 * size)
      for (let c = 0; c < size; c++, i++) {
        const mean = Math.floor(sums[at + c]! * meanFactor[c]! + 0.5)
        mean16[i] = clip(mean, -largestMean16, largestMean16)
        tables[i] = scaleIndex(Math.floor(sums[at + size + c]! * scaleFactor[c]!) + level.log2Unit[from + c]!)
      }
    return { tables, mean16 }
  }

  /** The step's decoded symbols. */
  put({ positions, from, to }: Step, { mean16 }: Prediction, symbols: Int16Array): void {
    const { latents } = this.#model
    const { toSeen } = this.#level
    const seen = this.#seen.values
    let i = 0
    for (const position of positions) {
      const start = position * latents
      for (let c = from; c < to; c++, i++) {
        const value = clip(16 * symbols[i]! + mean16[i]!, smallest16, largest16)
        this.decoded16[start + c] = value
        seen[start + c] = clip(Math.floor((value * toSeen[c]!) / 16 + 0.5), -127, 127)
      }
    }
  }

  dispose(): void {
    tf.dispose([this.#features, this.#base].filter((tensor) => tensor !== null))
    this.#features = null
    this.#base = null
  }

  /** What the hyper-latents and the groups before say about a group, at all positions. */
  #startGroup(group: number): void {
    this.#base?.dispose()
    const layer = this.#model.fromGroups[group]
    this.#base = tf.tidy(() => {
      if (!layer) return this.#features!.clone()
      const positions = positionsOf(this.#rows, this.#columns)
      const patches = patchesOf(this.#seen, positions, taps(3), 0, this.#model.starts[group]!)
      return this.#features!.add(layer.apply(asMatrix(patches, positions.length)))
    })
  }
}

/** A transposed convolution of stride 2: (rows, columns) -> (2 rows, 2 columns) */
function doubled(grid: Grid, layer: IntegerLayer, channels: number, relu: boolean): Grid {
  const positions = positionsOf(grid.rows, grid.columns)
  const [rows, columns] = [2 * grid.rows, 2 * grid.columns]
  const values = new Float32Array(rows * columns * channels)
  for (const [phase, list] of phases.entries()) {
    const offsets = list.map(({ offset }) => offset)
    const patches = patchesOf(grid, positions, offsets)
    const result = readFloats(() => {
      const out = layer.apply(asMatrix(patches, positions.length), phase)
      return relu ? to8Bit(out) : out
    })
    for (const position of positions) {
      const row = 2 * Math.floor(position / grid.columns) + (phase >> 1)
      const column = 2 * (position % grid.columns) + (phase & 1)
      const from = position * channels
      values.set(result.subarray(from, from + channels), (row * columns + column) * channels)
    }
  }
  return { rows, columns, channels, values }
}

function asMatrix(patches: Float32Array, rows: number): Tensor2D {
  return tf.tensor2d(patches, [rows, patches.length / rows])
}

function clip(value: number, smallest: number, largest: number): number {
  return value < smallest ? smallest : value > largest ? largest : value
}

import { readFloats, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import {
  type IntegerModel,
  type LevelIntegers,
  parts,
  phases,
  tableCount,
  tableOffset,
  tableStep,
} from './integer-model.ts'
import { type IntegerLayer, to8Bit } from './layer.ts'
import { type Grid, PaddedGrid, patchesOf, positionsOf, type Run, seenAnchors, square } from './patches.ts'
import { octave } from './powers.ts'

/** Decoded values are stored in `parts` of a step, within these. */
const [smallest, largest] = [-32768, 32767]
/** Means stay within 500 steps, so that symbols near them fit. */
const largestMean = 16000

export interface Prediction {
  /** table of each symbol */
  readonly tables: Uint8Array
  /** mean of each symbol's latent, in `parts` of a step */
  readonly means: Int16Array
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
  /** (rows, columns, latents), in `parts` of a step */
  readonly decoded: Int16Array
  readonly steps: readonly Step[]
  /** What the networks see of what is decoded, standard deviations in 8 bits: all groups before a group, */
  readonly #before: readonly (PaddedGrid | null)[]
  /** and a group's own first pass, packed: row by row, every other column. */
  readonly #anchors: readonly PaddedGrid[]
  readonly #model: IntegerModel
  readonly #level: LevelIntegers
  readonly #rows: number
  readonly #columns: number
  /** what the hyper-latents say, by pass */
  #features: readonly Tensor2D[] = []

  /** @param rows, columns of latents, multiples of 4 */
  constructor(model: IntegerModel, level: LevelIntegers, rows: number, columns: number) {
    this.#model = model
    this.#level = level
    this.#rows = rows
    this.#columns = columns
    this.decoded = new Int16Array(rows * columns * model.latents)
    this.#before = model.starts.map((channels, group) =>
      group === 0 ? null : new PaddedGrid(rows, columns, channels, { rows: 1, columns: 1 }),
    )
    this.#anchors = model.groups.map(
      (channels) => new PaddedGrid(rows, columns / 2, channels, { rows: 2, columns: 1 }),
    )
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
    const features = doubled(middle, model.spread, model.context, false)
    this.#features = [0, 1].map((parity) => {
      const half = new Float32Array(features.values.length / 2)
      let at = 0
      for (const position of positionsOf(this.#rows, this.#columns, parity)) {
        const from = position * model.context
        half.set(features.values.subarray(from, from + model.context), at)
        at += model.context
      }
      return asMatrix(half, (this.#rows * this.#columns) / 2)
    })
  }

  predict({ group, parity, positions, from, to }: Step): Prediction {
    const [model, level] = [this.#model, this.#level]
    const size = to - from
    const count = positions.length * size
    const head = model.heads[group]!
    const sums = readFloats(() => {
      let features = this.#features[parity]!
      const [before, fromGroups] = [this.#before[group], model.fromGroups[group]]
      if (before && fromGroups) {
        features = features.add(fromGroups.apply(this.#patches(before, parity, () => square, 9, 0)))
      }
      if (parity === 1) {
        const anchors = this.#anchors[group]!
        const patches = this.#patches(anchors, null, (row) => seenAnchors[row & 1]!, 12, 1)
        features = features.add(model.fromAnchors[group]!.apply(patches))
      }
      const shift = model.sumShift[group]!
      const half = tf.tensor1d(Float32Array.from(shift, (s) => 2 ** s / 2))
      const part = tf.tensor1d(Float32Array.from(shift, (s) => 2 ** -s))
      const divided = features.add(half).mul(part).floor() as Tensor2D
      return head.sums(to8Bit(model.mix[group]!.apply(to8Bit(divided))))
    })
    const [tables, means] = [new Uint8Array(count), new Int16Array(count)]
    const meanFactor = Float64Array.from(
      { length: size },
      (_, c) => parts * head.factors[c]! * level.unit[from + c]!,
    )
    const scaleFactor = Float64Array.from({ length: size }, (_, c) => octave * head.factors[size + c]!)
    const offset = Int32Array.from({ length: size }, (_, c) => level.log2Unit[from + c]! + tableOffset)
    for (let i = 0, at = 0; i < count; at += size)
      for (let c = 0; c < size; c++, i++, at++) {
        const mean = Math.floor(sums[at]! * meanFactor[c]! + 0.5)
        means[i] = mean < -largestMean ? -largestMean : mean > largestMean ? largestMean : mean
        const table = Math.floor((Math.floor(sums[at + size]! * scaleFactor[c]!) + offset[c]!) / tableStep)
        tables[i] = table < 0 ? 0 : table > tableCount - 1 ? tableCount - 1 : table
      }
    return { tables, means }
  }

  /** The step's decoded symbols. */
  put({ group, parity, positions, from, to }: Step, { means }: Prediction, symbols: Int16Array): void {
    const { latents } = this.#model
    const [decoded, columns, size] = [this.decoded, this.#columns, to - from]
    const toSeen = Float64Array.from({ length: size }, (_, c) => this.#level.toSeen[from + c]! / parts)
    const anchors = parity === 0 ? this.#anchors[group]! : null
    const later = this.#before.slice(group + 1).map((grid) => grid!)
    const seen = new Float32Array(size)
    let i = 0
    for (const position of positions) {
      const start = position * latents + from
      for (let c = 0; c < size; c++, i++) {
        const sum = parts * symbols[i]! + means[i]!
        const value = sum < smallest ? smallest : sum > largest ? largest : sum
        decoded[start + c] = value
        const near = Math.floor(value * toSeen[c]! + 0.5)
        seen[c] = near < -127 ? -127 : near > 127 ? 127 : near
      }
      const row = Math.floor(position / columns)
      const column = position - row * columns
      if (anchors) anchors.values.set(seen, anchors.start(row, column >> 1))
      for (const grid of later) grid.values.set(seen, grid.start(row, column) + from)
    }
  }

  dispose(): void {
    tf.dispose([...this.#features])
    this.#features = []
  }

  /**
   * What the positions of a pass see of a grid, side by side: (positions, seen positions * channels).
   * @param parity which positions of a grid of all; null: every position, where the grid is packed
   */
  #patches(
    grid: PaddedGrid,
    parity: number | null,
    runsOf: (row: number) => readonly Run[],
    taps: number,
    place: number,
  ): Tensor2D {
    const { rows, columns, channels, values } = grid
    const count = parity === null ? rows * columns : (rows * columns) / 2
    const patches = scratch(place, count * taps * channels)
    const step = parity === null ? 1 : 2
    let at = 0
    for (let row = 0; row < rows; row++) {
      const runs = runsOf(row).map(({ row: down, column, count: wide }) => ({
        start: grid.start(row + down, column),
        length: wide * channels,
      }))
      for (let column = parity === null ? 0 : (row + parity) & 1; column < columns; column += step) {
        const shift = column * channels
        for (const { start, length } of runs) {
          patches.set(values.subarray(start + shift, start + shift + length), at)
          at += length
        }
      }
    }
    return asMatrix(patches, count)
  }
}

/** Room for the patches of one call of `predict`, which has read its result before the next begins. */
const rooms: Float32Array[] = []
function scratch(place: number, length: number): Float32Array {
  if ((rooms[place]?.length ?? 0) < length) rooms[place] = new Float32Array(length)
  return rooms[place]!.subarray(0, length)
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

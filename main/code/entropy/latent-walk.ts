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
import { type Colour, PaddedGrid, patchesOf, positionsOf, type Run, seenAnchors, square } from './patches.ts'
import { octave } from './powers.ts'

/** Decoded values are stored in `parts` of a step, within these. */
const [smallest, largest] = [-32768, 32767]
/** Room around a grid for what 3x3 and 4x4 kernels see. */
const beside = { rows: 1, columns: 1 }
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
      group === 0 ? null : new PaddedGrid(rows, columns, channels, beside),
    )
    this.#anchors = model.groups.map(
      (channels) => new PaddedGrid(rows, columns / 2, channels, { rows: 2, columns: 1 }),
    )
    const colours = ([0, 1] as const).map((parity) => positionsOf(rows, columns, parity))
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
    const [rows, columns] = [this.#rows / 4, this.#columns / 4]
    const seen = new PaddedGrid(rows, columns, model.hyper, beside)
    for (let row = 0, i = 0; row < rows; row++)
      for (let column = 0, at = seen.start(row, 0); column < columns; column++)
        for (let c = 0; c < model.hyper; c++, i++, at++)
          seen.values[at] = clip(Math.floor(z[i]! * level.toInputZ[c]! + 0.5), -127, 127)
    const middle = new PaddedGrid(2 * rows, 2 * columns, model.hyper, beside)
    doubled(seen, model.expand, true, (row, column, values) =>
      middle.values.set(values, middle.start(row, column)),
    )
    const halves = [0, 1].map(() => new Float32Array((this.#rows * this.#columns * model.context) / 2))
    doubled(middle, model.spread, false, (row, column, values) => {
      const position = (row * this.#columns + column) >> 1
      halves[(row + column) & 1]!.set(values, position * model.context)
    })
    this.#features = halves.map((half) => asMatrix(half, (this.#rows * this.#columns) / 2))
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
        features = features.add(fromGroups.apply(patches(before, parity as Colour, () => square, 9, 0)))
      }
      if (parity === 1) {
        const anchors = this.#anchors[group]!
        const seen = patches(anchors, 'all', (row) => seenAnchors[row & 1]!, 12, 1)
        features = features.add(model.fromAnchors[group]!.apply(seen))
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
}

/** Room for the patches of one call of `predict` or `doubled`, which has read its result before the next begins. */
const rooms: Float32Array[] = []

/** @param taps positions that each sees; @param room one of its own for each tensor in use at a time */
function patches(
  grid: PaddedGrid,
  colour: Colour,
  runsOf: (row: number) => readonly Run[],
  taps: number,
  room: number,
): Tensor2D {
  const count = (grid.rows * grid.columns) / (colour === 'all' ? 1 : 2)
  const length = count * taps * grid.channels
  if ((rooms[room]?.length ?? 0) < length) rooms[room] = new Float32Array(length)
  const into = rooms[room]!.subarray(0, length)
  patchesOf(grid, colour, runsOf, into)
  return asMatrix(into, count)
}

/** A transposed convolution of stride 2, (rows, columns) -> (2 rows, 2 columns), position by position. */
function doubled(
  grid: PaddedGrid,
  layer: IntegerLayer,
  relu: boolean,
  put: (row: number, column: number, values: Float32Array) => void,
): void {
  for (const [phase, { runs, taps }] of phases.entries()) {
    const result = readFloats(() => {
      const out = layer.apply(
        patches(grid, 'all', () => runs, taps.length, 0),
        phase,
      )
      return relu ? to8Bit(out) : out
    })
    const width = result.length / (grid.rows * grid.columns)
    let at = 0
    for (let row = 0; row < grid.rows; row++)
      for (let column = 0; column < grid.columns; column++, at += width)
        put(2 * row + (phase >> 1), 2 * column + (phase & 1), result.subarray(at, at + width))
  }
}

function asMatrix(patches: Float32Array, rows: number): Tensor2D {
  return tf.tensor2d(patches, [rows, patches.length / rows])
}

function clip(value: number, smallest: number, largest: number): number {
  return value < smallest ? smallest : value > largest ? largest : value
}

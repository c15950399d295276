import type { CodecOptions } from '../../models/codec/options.ts'
import { levels } from '../../models/codec/options.ts'
import { groupStarts } from '../../models/codec/parameters.ts'
import type { StoredTensors } from '../../models/safetensors.ts'
import type { FrequencyTable } from '../frequency-table.ts'
import { IntegerLayer, type LayerForm } from './layer.ts'
import type { Run } from './patches.ts'
import { powersOf } from './powers.ts'
import { atLevel, StoredIntegers } from './stored.ts'

/** Taps of a transposed 4x4 convolution of stride 2 that reach an even or odd row (or column), by rising offset. */
const reaching = [
  { from: -1, taps: [3, 1] },
  { from: 0, taps: [2, 0] },
] as const

/** For each of the four positions that a position becomes: its taps in the 4x4 kernel, and what they see. */
export const phases: readonly { readonly taps: readonly number[]; readonly runs: readonly Run[] }[] = [
  0, 1,
].flatMap((down) =>
  [0, 1].map((right) => {
    const [rows, columns] = [reaching[down]!, reaching[right]!]
    return {
      taps: rows.taps.flatMap((i) => columns.taps.map((j) => i * 4 + j)),
      runs: [0, 1].map((i) => ({ row: rows.from + i, column: columns.from, count: 2 })),
    }
  }),
)

/** Indices of the taps of a 5x5 kernel that see the other colour of the checkerboard: only these are stored. */
export const anchorTaps = Array.from({ length: 25 }, (_, tap) => tap).filter((tap) => (tap & 1) !== 0)

/** Decoded values and means are whole numbers of these parts of a step. */
export const parts = 32

/** Everything a decoder needs between the decoded hyper-latents and the tables, in integers. */
export class IntegerModel {
  readonly groups: readonly number[]
  readonly starts: readonly number[]
  readonly latents: number
  readonly hyper: number
  readonly context: number
  readonly expand: IntegerLayer
  readonly spread: IntegerLayer
  readonly fromGroups: readonly (IntegerLayer | null)[]
  readonly fromAnchors: readonly IntegerLayer[]
  readonly mix: readonly IntegerLayer[]
  readonly heads: readonly IntegerLayer[]
  /** log2 of what each group's sums (context) are divided by before their ReLU */
  readonly sumShift: readonly Int8Array[]
  /** by log2 of the scale, and those of z by scale and fraction of the mean */
  readonly tables: readonly FrequencyTable[]
  readonly tablesZ: readonly FrequencyTable[]
  readonly #tensors: { readonly [name: string]: Int32Array }
  readonly #powers: Int32Array

  /** @throws AppError `corrupt` when the stored integers do not fit the options or each other */
  constructor(tensors: StoredTensors, options: CodecOptions, label: string) {
    const { latents, hyper, context, groups } = options
    ;[this.latents, this.hyper, this.context, this.groups] = [latents, hyper, context, groups]
    this.starts = groupStarts(groups)
    const stored = new StoredIntegers(tensors, label)
    const integers = (name: string, ...shape: number[]) => stored.read(name, Int32Array, shape)
    this.#powers = integers('powers', 1024)
    this.#tensors = {
      gain: integers('log2_gain', levels, latents),
      inverseGain: integers('log2_inverse_gain', levels, latents),
      std: integers('log2_std', latents),
      seenStep: integers('log2_seen_step', latents),
      gainZ: integers('log2_gain_z', levels, hyper),
      stepZ: integers('log2_step_z', hyper),
      meanZ: integers('mean_z', levels, hyper),
      scaleZ: integers('log2_scale_z', levels, hyper),
    }
    const sumShift = stored.read('sum_shift', Int8Array, [groups.length, context])
    if (sumShift.some((shift) => shift < 0 || shift > 24))
      throw stored.corrupt(`'entropy.sum_shift' is not within 0 to 24`)
    this.sumShift = groups.map((_, k) => sumShift.subarray(k * context, (k + 1) * context))
    this.tables = stored.readTables('tables', tableCount)
    this.tablesZ = stored.readTables('tables_z', tableCountZ)
    const up = {
      kernel: [4, 4],
      layout: 'convTranspose',
      kernels: phases.map(({ taps }) => taps),
    } as const
    const all = (...kernel: number[]) => {
      const taps = kernel.reduce((product, side) => product * side, 1)
      return { kernel, layout: 'conv', kernels: [Array.from({ length: taps }, (_, i) => i)] } as const
    }
    const made: IntegerLayer[] = []
    const layer = (form: LayerForm) => {
      const one = new IntegerLayer(stored, form)
      made.push(one)
      return one
    }
    try {
      this.expand = layer({ name: 'hyper_synthesis.0', inputs: hyper, outputs: hyper, ...up })
      this.spread = layer({ name: 'hyper_synthesis.2', inputs: hyper, outputs: context, ...up })
      this.fromGroups = this.starts.map((inputs, k) =>
        k === 0 ? null : layer({ name: `from_groups.${k}`, inputs, outputs: context, ...all(3, 3) }),
      )
      this.fromAnchors = groups.map((inputs, k) =>
        layer({ name: `from_anchors.${k}`, inputs, outputs: context, ...all(anchorTaps.length) }),
      )
      this.mix = groups.map((_, k) =>
        layer({ name: `parameters_of.${k}.1`, inputs: context, outputs: context, ...all(1, 1) }),
      )
      this.heads = groups.map((size, k) =>
        layer({ name: `parameters_of.${k}.3`, inputs: context, outputs: 2 * size, ...all(1, 1) }),
      )
      for (const k of groups.keys()) {
        const parts = [this.spread, this.fromGroups[k], this.fromAnchors[k]].filter((part) => !!part)
        for (let c = 0; c < context; c++) {
          const bound = parts.reduce((sum, part) => sum + part.bounds[c]! * part.factors[c]! + 1, 0)
          if (bound >= 2 ** 24)
            throw stored.corrupt(`group ${k}, feature ${c} can reach ${bound}, 2^24 or more`)
        }
      }
    } catch (error) {
      for (const one of made) one.dispose()
      throw error
    }
  }

  /** What depends on the level, 0 to 7 * 1024. Logarithms are of base 2, 65,536 to the octave. */
  at(levelQ: number): LevelIntegers {
    const { gain, std, seenStep, gainZ, stepZ, meanZ, scaleZ } = this.#tensors as Record<string, Int32Array>
    const log2Gain = atLevel(gain!, this.latents, levelQ)
    const log2GainZ = atLevel(gainZ!, this.hyper, levelQ)
    const log2Unit = log2Gain.map((value, c) => value + std![c]!)
    const tableZ = new Uint8Array(this.hyper)
    const shiftZ = new Int32Array(this.hyper)
    const [means, scales] = [atLevel(meanZ!, this.hyper, levelQ), atLevel(scaleZ!, this.hyper, levelQ)]
    for (let c = 0; c < this.hyper; c++) {
      const eighths = Math.floor((means[c]! + 16) / 32)
      shiftZ[c] = eighths >> 3
      tableZ[c] = scaleIndexZ(scales[c]!) * 8 + (eighths & 7)
    }
    return {
      ...{ log2Gain, log2GainZ, log2Unit, tableZ, shiftZ },
      log2InverseGain: atLevel(this.#tensors.inverseGain!, this.latents, levelQ),
      unit: powersOf(log2Unit, this.#powers),
      toSeen: powersOf(
        log2Unit.map((value, c) => -value - seenStep![c]!),
        this.#powers,
      ),
      toInputZ: powersOf(
        log2GainZ.map((value, c) => -value - stepZ![c]!),
        this.#powers,
      ),
    }
  }

  dispose(): void {
    const layers = [
      this.expand,
      this.spread,
      ...this.fromGroups,
      ...this.fromAnchors,
      ...this.mix,
      ...this.heads,
    ]
    for (const layer of layers) layer?.dispose()
  }
}

export interface LevelIntegers {
  /** log2 of 1 / step of each latent and hyper-latent */
  readonly log2Gain: Int32Array
  readonly log2GainZ: Int32Array
  /** log2 of what the synthesis takes a step of each latent for */
  readonly log2InverseGain: Int32Array
  /** log2 of a latent's standard deviation in steps */
  readonly log2Unit: Int32Array
  /** the same, 2 to its power */
  readonly unit: Float64Array
  /** from steps to what the networks see */
  readonly toSeen: Float64Array
  readonly toInputZ: Float64Array
  /** table of each hyper-latent, and what its symbol is coded less of */
  readonly tableZ: Uint8Array
  readonly shiftZ: Int32Array
}

export const tableCount = 128
/** Between the scales of two tables, in 1 / 65,536 octaves: 0.11 to 256 in 127 steps. */
export const tableStep = 5770
export const smallestScale = 0.11
/** log2(0.11), in 1 / 65,536 octaves */
export const log2SmallestScale = -208694

export const scalesZ = 24
export const tableCountZ = scalesZ * 8
export const stepOfScaleZ = 21845
export const smallestScaleZ = 0.08
export const log2SmallestScaleZ = -238804

/** The table of a scale is floor((its log2 + this) / tableStep): the nearest. */
export const tableOffset = -log2SmallestScale + (tableStep >> 1)

export function scaleIndexZ(log2Scale: number): number {
  return clamp(Math.floor((log2Scale - log2SmallestScaleZ + (stepOfScaleZ >> 1)) / stepOfScaleZ), scalesZ - 1)
}

function clamp(index: number, largest: number): number {
  return Math.max(0, Math.min(largest, index))
}

import {
  anchorTaps,
  log2SmallestScale,
  log2SmallestScaleZ,
  scalesZ,
  stepOfScaleZ,
  tableCount,
  tableStep,
} from '../../code/entropy/integer-model.ts'
import { makePowers, octave } from '../../code/entropy/powers.ts'
import { type FrequencyTable, packTables } from '../../code/frequency-table.ts'
import { gaussianTable, logisticTable } from '../../code/prior-tables.ts'
import type { StoredTensor, StoredTensors } from '../safetensors.ts'
import type { ActivationRanges } from './calibrate.ts'
import type { CodecOptions } from './options.ts'
import { groupStarts } from './parameters.ts'

/** Floats that a model file holds as integers, and only so. */
const replaced =
  /^(hyper_synthesis|from_groups|from_anchors|parameters_of)\.|^(log_gain|log_inverse_gain|log_gain_z|mean_z|log_scale_z)$/

const largestWeight = 127
const exactBelow = 2 ** 24
const log2e = Math.log2(Math.E)
/** Sums are kept finer than what the ReLU after them lets through. */
const finerSums = 16

/** What 1 stands for at each input of a layer, and at its outputs. */
interface Units {
  readonly input: (i: number) => number
  readonly output: number
}

/**
 * The model file of a codec: its transforms as they are, its entropy model as integers (FORMAT.md, "Entropy model").
 * Weights get 8 bits per output, activations 8 bits that span `ranges`; all units are powers of two of integers.
 * @param floats every weight under its name, in PyTorch's layout
 */
export function quantise(
  floats: StoredTensors,
  ranges: ActivationRanges,
  options: CodecOptions,
): StoredTensors {
  const { context, groups } = options
  const result: StoredTensors = {}
  for (const [name, tensor] of Object.entries(floats)) if (!replaced.test(name)) result[name] = tensor
  const put = (name: string, shape: readonly number[], data: StoredTensor['data']) => {
    result[`entropy.${name}`] = { shape, data }
  }
  const putTables = (name: string, tables: readonly FrequencyTable[]) => {
    for (const [part, data] of Object.entries(packTables(tables))) put(`${name}.${part}`, [data.length], data)
  }
  const read = (name: string) => floats[name]!.data as Float32Array
  const log2 = (values: ArrayLike<number>) => Int32Array.from(values, (v) => Math.round(v * octave))
  const fromNats = (name: string) => log2(read(name).map((v) => v * log2e))
  const table = (name: string, as: string, values: Int32Array) => put(as, floats[name]!.shape, values)

  table('log_gain', 'log2_gain', fromNats('log_gain'))
  put('log2_std', [options.latents], fromNats('log_std'))
  table('log_inverse_gain', 'log2_inverse_gain', fromNats('log_inverse_gain'))
  table('log_gain_z', 'log2_gain_z', fromNats('log_gain_z'))
  table('log_scale_z', 'log2_scale_z', fromNats('log_scale_z'))
  table(
    'mean_z',
    'mean_z',
    Int32Array.from(read('mean_z'), (v) => Math.round(v * 256)),
  )
  put('powers', [1024], makePowers())

  const unitOf = (range: number, bits: number) => Math.ceil(Math.log2(range / bits) * octave)
  const seenStep = Int32Array.from(ranges.seen, (range) => unitOf(range, 127))
  const stepZ = unitOf(ranges.z, 127)
  const middle = unitOf(ranges.middle, 255)
  const sum = unitOf(Math.min(...ranges.sums) / finerSums, 255)
  const sumShift = ranges.sums.map((range) => Math.max(0, Math.ceil((unitOf(range, 255) - sum) / octave)))
  const mixed = ranges.mixed.map((range) => unitOf(range, 255))
  put('log2_seen_step', [options.latents], seenStep)
  put('log2_step_z', [1], Int32Array.of(stepZ))
  put('log2_units', [2 + groups.length], Int32Array.of(middle, sum, ...mixed))
  put('sum_shift', [groups.length], Int8Array.from(sumShift))

  const real = (log2: number) => 2 ** (log2 / octave)
  const layer = (name: string, units: Units, half: boolean, taps?: readonly number[]) => {
    const { shape, data } = floats[`${name}.weight`]! as { shape: number[]; data: Float32Array }
    const bias = (floats[`${name}.bias`]?.data as Float32Array | undefined) ?? null
    const made = quantiseLayer(data, shape, bias, units, half, taps, name.startsWith('hyper_synthesis'))
    put(`${name}.weight`, shape, made.weight)
    put(`${name}.bias`, [made.bias.length], made.bias)
    put(`${name}.shift`, [made.shift.length], made.shift)
  }
  layer('hyper_synthesis.0', { input: () => real(stepZ), output: real(middle) }, true)
  layer('hyper_synthesis.2', { input: () => real(middle), output: real(sum) }, true)
  const starts = groupStarts(groups)
  for (const [k, size] of groups.entries()) {
    const output = real(sum)
    if (k > 0) layer(`from_groups.${k}`, { input: (i) => real(seenStep[i]!), output }, true)
    const kernel = anchorTaps.map(({ tap }) => tap)
    layer(`from_anchors.${k}`, { input: (i) => real(seenStep[starts[k]! + i]!), output }, true, kernel)
    const [before, after] = [real(sum) * 2 ** sumShift[k]!, real(mixed[k]!)]
    layer(`parameters_of.${k}.1`, { input: () => before, output: after }, true)
    const head = `parameters_of.${k}.3`
    const octaves = inOctaves(floats, head)
    const shape = [2 * size, context, 1, 1]
    const made = quantiseLayer(octaves.weight, shape, octaves.bias, { input: () => after, output: 1 }, false)
    put(`${head}.weight`, shape, made.weight)
    put(`${head}.bias`, [2 * size], made.bias)
    put(`${head}.shift`, [2 * size], made.shift)
  }
  const gaussian = Array.from({ length: tableCount }, (_, i) =>
    gaussianTable(2 ** ((log2SmallestScale + i * tableStep) / octave)),
  )
  const logistic = Array.from({ length: scalesZ * 8 }, (_, i) =>
    logisticTable((i & 7) / 8, 2 ** ((log2SmallestScaleZ + (i >> 3) * stepOfScaleZ) / octave)),
  )
  putTables('tables', gaussian)
  putTables('tables_z', logistic)
  return result
}

/** A head's second half predicts natural logarithms of scales; integers count octaves. */
function inOctaves(floats: StoredTensors, head: string) {
  const [weight, bias] = ['weight', 'bias'].map((part) =>
    (floats[`${head}.${part}`]!.data as Float32Array).slice(),
  )
  for (const values of [weight!, bias!])
    for (let i = values.length / 2; i < values.length; i++) values[i]! *= log2e
  return { weight: weight!, bias: bias! }
}

/** @param half adds half a unit, so that rounding down rounds to the nearest */
function quantiseLayer(
  weights: Float32Array,
  shape: readonly number[],
  bias: Float32Array | null,
  { input, output }: Units,
  half: boolean,
  used?: readonly number[],
  transposed = false,
) {
  const [outputs, inputs] = transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
  const area = shape[2]! * shape[3]!
  const taps = used ?? Array.from({ length: area }, (_, tap) => tap)
  const index = (o: number, i: number, tap: number) =>
    (transposed ? i * outputs + o : o * inputs + i) * area + tap
  const result = {
    weight: new Int8Array(weights.length),
    bias: new Int32Array(outputs),
    shift: new Int8Array(outputs),
  }
  for (let o = 0; o < outputs; o++) {
    const real = Float64Array.from({ length: inputs * taps.length }, (_, k) => {
      const i = Math.floor(k / taps.length)
      return weights[index(o, i, taps[k % taps.length]!)]! * (input(i) / output)
    })
    const total = real.reduce((sum, value) => sum + Math.abs(value), 0)
    const offset = Math.abs(bias?.[o] ?? 0) / output
    // With room for what rounding adds to the sum.
    const room = exactBelow - 255 * 0.5 * real.length - 2 ** 20
    let shift = bestShift(real)
    while (shift > 0 && (255 * total + offset) * 2 ** shift > room) shift--
    const scale = 2 ** shift
    for (const [k, value] of real.entries())
      result.weight[index(o, Math.floor(k / taps.length), taps[k % taps.length]!)] = rounded(value * scale)
    result.bias[o] = Math.round(((bias?.[o] ?? 0) / output) * scale) + (half ? scale >> 1 : 0)
    result.shift[o] = shift
  }
  return result
}

/** The shift that leaves the least squared error: a large weight may be cut where all others gain a bit by it. */
function bestShift(weights: Float64Array): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let shift = 0; shift <= 20; shift++) {
    const scale = 2 ** shift
    const error = weights.reduce((sum, value) => sum + (value - rounded(value * scale) / scale) ** 2, 0)
    if (error < least) [best, least] = [shift, error]
  }
  return best
}

function rounded(weight: number): number {
  return Math.max(-largestWeight, Math.min(largestWeight, Math.round(weight)))
}

/** Every float of a codec from its model file, to train on from: the inverse of `quantise`, but for its rounding. */
export function dequantise(stored: StoredTensors, options: CodecOptions): StoredTensors {
  const { groups } = options
  const floats: StoredTensors = {}
  for (const [name, tensor] of Object.entries(stored)) if (!name.startsWith('entropy.')) floats[name] = tensor
  const integers = (name: string) => stored[`entropy.${name}`]!
  const ints = (name: string) => integers(name).data as Int32Array
  const nats = (name: string, as: string) => {
    const { shape, data } = integers(name)
    floats[as] = { shape, data: Float32Array.from(data, (v) => v / octave / log2e) }
  }
  nats('log2_gain', 'log_gain')
  nats('log2_inverse_gain', 'log_inverse_gain')
  nats('log2_gain_z', 'log_gain_z')
  nats('log2_scale_z', 'log_scale_z')
  const mean = integers('mean_z')
  floats.mean_z = { shape: mean.shape, data: Float32Array.from(mean.data, (v) => v / 256) }
  const real = (log2: number) => 2 ** (log2 / octave)
  const [middle, sum, ...mixed] = Array.from(ints('log2_units'), real)
  const stepZ = real(ints('log2_step_z')[0]!)
  const seen = Array.from(ints('log2_seen_step'), real)
  const starts = groupStarts(groups)
  const layer = (
    name: string,
    input: (i: number) => number,
    output: (o: number) => number,
    half = true,
    bias = true,
  ) => {
    const { shape, data } = integers(`${name}.weight`)
    const shift = integers(`${name}.shift`).data
    const transposed = name.startsWith('hyper_synthesis')
    const [outputs, inputs] = transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
    const area = shape[2]! * shape[3]!
    floats[`${name}.weight`] = {
      shape,
      data: Float32Array.from(data, (v, k) => {
        const first = Math.floor(k / area / (transposed ? outputs : inputs))
        const second = Math.floor(k / area) % (transposed ? outputs : inputs)
        const [o, i] = transposed ? [second, first] : [first, second]
        return (v * output(o) * 2 ** -shift[o]!) / input(i)
      }),
    }
    if (!bias) return
    floats[`${name}.bias`] = {
      shape: [outputs],
      data: Float32Array.from(ints(`${name}.bias`), (v, o) => {
        const scale = 2 ** shift[o]!
        return ((v - (half ? scale >> 1 : 0)) / scale) * output(o)
      }),
    }
  }
  layer(
    'hyper_synthesis.0',
    () => stepZ,
    () => middle!,
  )
  layer(
    'hyper_synthesis.2',
    () => middle!,
    () => sum!,
  )
  const sumShift = integers('sum_shift').data
  for (const [k, size] of groups.entries()) {
    if (k > 0)
      layer(
        `from_groups.${k}`,
        (i) => seen[i]!,
        () => sum!,
      )
    layer(
      `from_anchors.${k}`,
      (i) => seen[starts[k]! + i]!,
      () => sum!,
      true,
      false,
    )
    layer(
      `parameters_of.${k}.1`,
      () => sum! * 2 ** sumShift[k]!,
      () => mixed[k]!,
    )
    layer(
      `parameters_of.${k}.3`,
      () => mixed[k]!,
      (o) => (o < size ? 1 : 1 / log2e),
      false,
    )
  }
  return floats
}

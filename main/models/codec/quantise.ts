import {
  anchorTaps,
  log2SmallestScale,
  log2SmallestScaleZ,
  scalesZ,
  stepOfScaleZ,
  tableCount,
  tableStep,
} from '../../code/entropy/integer-model.ts'
import { digitBits } from '../../code/entropy/layer.ts'
import { makePowers, octave } from '../../code/entropy/powers.ts'
import { StoredIntegers } from '../../code/entropy/stored.ts'
import { type FrequencyTable, packTables } from '../../code/frequency-table.ts'
import { gaussianTable, logisticTable } from '../../code/prior-tables.ts'
import type { StoredTensor, StoredTensors } from '../safetensors.ts'
import type { ActivationRanges } from './calibrate.ts'
import { type CodecOptions, levels } from './options.ts'
import { groupStarts } from './parameters.ts'

/** Floats that a model file holds as integers, and only so. */
const replaced =
  /^(hyper_synthesis|from_groups|from_anchors|parameters_of)\.|^(log_gain|log_inverse_gain|log_gain_z|mean_z|log_scale_z)$/

const largestWeight = 127
const exactBelow = 2 ** 24
const log2e = Math.log2(Math.E)
/** Sums are kept finer than what the ReLU after them lets through, where the weights into them allow it. */
const finerSums = 16

/** What 1 stands for at each input of a layer, and at its outputs. */
interface Units {
  readonly input: (i: number) => number
  readonly output: (o: number) => number
}

/**
 * The model file of a codec: its transforms as they are, its entropy model as integers (FORMAT.md, "Entropy model").
 * Weights get 8 bits per output, or 15 where those are too few (heads tell means to 32nds of a step), activations 8
 * bits that span `ranges` by channel; all units are powers of two of integers. By channel and with 15 bits the rate is
 * 0.1 % above that of floats; ranges by layer and 8 bits cost 0.5 % and, of flat photos, up to twice the rate.
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
  const unitsOf = (ranges: Float32Array, bits: number) =>
    Int32Array.from(ranges, (range) => unitOf(range, bits))
  const seenStep = unitsOf(ranges.seen, 127)
  const stepZ = unitsOf(ranges.z, 127)
  const middle = unitsOf(ranges.middle, 255)
  const sums = ranges.sums.map((range) => unitsOf(range, 255))
  const largestInto = largestIntoSums(floats, groups, realOf(seenStep), context)
  const sum = Int32Array.from({ length: context }, (_, c) => {
    const finest = Math.min(...sums.map((units) => units[c]!)) - Math.log2(finerSums) * octave
    return Math.max(finest, unitOf(largestInto[c]!, largestWeight))
  })
  const sumShift = sums.map((units) =>
    units.map((unit, c) => Math.max(0, Math.ceil((unit - sum[c]!) / octave))),
  )
  const mixed = ranges.mixed.map((range) => unitsOf(range, 255))
  put('log2_seen_step', [options.latents], seenStep)
  put('log2_step_z', [options.hyper], stepZ)
  put('log2_unit_middle', [options.hyper], middle)
  put('log2_unit_sum', [context], sum)
  put('log2_unit_mixed', [groups.length, context], joined(mixed))
  put('sum_shift', [groups.length, context], Int8Array.from(joined(sumShift)))

  const layer = (name: string, units: Units, form: LayerSettings, tensors = floats) => {
    const { shape, data } = tensors[`${name}.weight`]! as { shape: number[]; data: Float32Array }
    const bias = (tensors[`${name}.bias`]?.data as Float32Array | undefined) ?? null
    const made = quantiseLayer(data, shape, bias, units, form)
    put(`${name}.weight`, made.shape, made.weight)
    if (form.fine) put(`${name}.digit`, made.shape, made.digit)
    put(`${name}.bias`, [made.bias.length], made.bias)
    put(`${name}.shift`, [made.shift.length], made.shift)
  }
  const up = { half: true, fine: true, transposed: true }
  layer('hyper_synthesis.0', { input: realOf(stepZ), output: realOf(middle) }, up)
  layer('hyper_synthesis.2', { input: realOf(middle), output: realOf(sum) }, up)
  const starts = groupStarts(groups)
  for (const [k, size] of groups.entries()) {
    const output = realOf(sum)
    if (k > 0) layer(`from_groups.${k}`, { input: realOf(seenStep), output }, { half: true })
    const own = realOf(seenStep.subarray(starts[k]!, starts[k]! + size))
    layer(`from_anchors.${k}`, { input: own, output }, { half: true, taps: anchorTaps })
    const before = realOf(sum.map((unit, c) => unit + sumShift[k]![c]! * octave))
    const after = realOf(mixed[k]!)
    layer(`parameters_of.${k}.1`, { input: before, output: after }, { half: true, fine: true })
    const octaves = inOctaves(floats, `parameters_of.${k}.3`)
    layer(`parameters_of.${k}.3`, { input: after, output: () => 1 }, { half: false, fine: true }, octaves)
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

/** By sum: the largest weight of 8 bits into it, times what 1 stands for at its input. */
function largestIntoSums(
  floats: StoredTensors,
  groups: readonly number[],
  seen: (channel: number) => number,
  context: number,
): Float64Array {
  const largest = new Float64Array(context)
  const note = (name: string, from: number, taps?: readonly number[]) => {
    const { shape, data } = floats[`${name}.weight`]!
    const [inputs, area] = [shape[1]!, shape[2]! * shape[3]!]
    for (let i = 0; i < data.length; i++) {
      const input = Math.floor(i / area) % inputs
      if (taps && !taps.includes(i % area)) continue
      const c = Math.floor(i / (area * inputs))
      largest[c] = Math.max(largest[c]!, Math.abs(data[i]!) * seen(from + input))
    }
  }
  for (const [k, start] of groupStarts(groups).entries()) {
    if (k > 0) note(`from_groups.${k}`, 0)
    note(`from_anchors.${k}`, start, anchorTaps)
  }
  return largest
}

function joined(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]))
}

/** What units given by their logarithms stand for. */
function realOf(log2: Int32Array): (channel: number) => number {
  return (channel) => 2 ** (log2[channel]! / octave)
}

/** A head's second half predicts natural logarithms of scales; integers count octaves. */
function inOctaves(floats: StoredTensors, head: string): StoredTensors {
  const names = ['weight', 'bias'].map((part) => `${head}.${part}`)
  return Object.fromEntries(
    names.map((name) => {
      const { shape, data } = floats[name]!
      return [name, { shape, data: data.map((value, i) => (i < data.length / 2 ? value : value * log2e)) }]
    }),
  )
}

interface LayerSettings {
  /** adds half a unit, so that rounding down rounds to the nearest */
  readonly half: boolean
  /** gives the weights a second digit */
  readonly fine?: boolean
  /** of the kernel, to be kept: all by default */
  readonly taps?: readonly number[]
  /** stored (in, out, ...) */
  readonly transposed?: boolean
}

function quantiseLayer(
  weights: Float32Array,
  shape: readonly number[],
  bias: Float32Array | null,
  { input, output }: Units,
  { half, fine = false, taps: used, transposed = false }: LayerSettings,
) {
  const [outputs, inputs] = transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
  const area = shape[2]! * shape[3]!
  const taps = used ?? Array.from({ length: area }, (_, tap) => tap)
  const at = (o: number, i: number) => (transposed ? i * outputs + o : o * inputs + i)
  const count = outputs * inputs * taps.length
  const result = {
    shape: [...shape.slice(0, 2), ...(used ? [used.length] : shape.slice(2))],
    ...{ weight: new Int8Array(count), digit: new Int8Array(fine ? count : 0) },
    ...{ bias: new Int32Array(outputs), shift: new Int8Array(outputs) },
  }
  const bits = fine ? digitBits : 0
  const largest = largestWeight * 2 ** bits + (fine ? 2 ** (bits - 1) - 1 : 0)
  for (let o = 0; o < outputs; o++) {
    const real = Float64Array.from({ length: inputs * taps.length }, (_, k) => {
      const i = Math.floor(k / taps.length)
      return weights[at(o, i) * area + taps[k % taps.length]!]! * (input(i) / output(o))
    })
    const total = real.reduce((sum, value) => sum + Math.abs(value), 0)
    const offset = Math.abs(bias?.[o] ?? 0) / output(o)
    // With room for what rounding adds to the sum.
    const room = (exactBelow - 255 * 0.5 * real.length - 2 ** 20) * 2 ** bits
    let shift = bestShift(real, largest)
    while (shift > bits && (255 * total + offset) * 2 ** shift > room) shift--
    const scale = 2 ** shift
    for (const [k, value] of real.entries()) {
      const place = at(o, Math.floor(k / taps.length)) * taps.length + (k % taps.length)
      const weight = rounded(value * scale, largest)
      const first = fine ? Math.floor(weight / 2 ** bits + 0.5) : weight
      result.weight[place] = first
      if (fine) result.digit[place] = weight - first * 2 ** bits
    }
    result.bias[o] = Math.round(((bias?.[o] ?? 0) / output(o)) * scale) + (half ? scale >> 1 : 0)
    result.shift[o] = shift
  }
  return result
}

/** The shift that leaves the least squared error: a large weight may be cut where all others gain a bit by it. */
function bestShift(weights: Float64Array, largest: number): number {
  const fine = largest > largestWeight ? digitBits : 0
  let [best, least] = [fine, Number.POSITIVE_INFINITY]
  for (let shift = fine; shift <= 20 + fine; shift++) {
    const scale = 2 ** shift
    const error = weights.reduce(
      (sum, value) => sum + (value - rounded(value * scale, largest) / scale) ** 2,
      0,
    )
    if (error < least) [best, least] = [shift, error]
  }
  return best
}

function rounded(weight: number, largest: number): number {
  return Math.max(-largest, Math.min(largest, Math.round(weight)))
}

/** Every float of a codec from its model file, to train on from: the inverse of `quantise`, but for its rounding. */
export function dequantise(stored: StoredTensors, options: CodecOptions): StoredTensors {
  const { context, groups, latents, hyper } = options
  const floats: StoredTensors = {}
  for (const [name, tensor] of Object.entries(stored)) if (!name.startsWith('entropy.')) floats[name] = tensor
  const source = new StoredIntegers(stored, 'the codec')
  const ints = (name: string, ...shape: number[]) => source.read(name, Int32Array, shape)
  const nats = (name: string, channels: number) => {
    const data = Float32Array.from(ints(`log2_${name}`, levels, channels), (v) => v / octave / log2e)
    floats[`log_${name}`] = { shape: [levels, channels], data }
  }
  nats('gain', latents)
  nats('inverse_gain', latents)
  nats('gain_z', hyper)
  nats('scale_z', hyper)
  const means = Float32Array.from(ints('mean_z', levels, hyper), (v) => v / 256)
  floats.mean_z = { shape: [levels, hyper], data: means }

  const layer = (name: string, { input, output }: Units, shape: readonly number[], form: LayerSettings) => {
    const { half, fine = false, taps: used, transposed = false } = form
    const [outputs, inputs] = transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
    const area = shape[2]! * shape[3]!
    const taps = used ?? Array.from({ length: area }, (_, tap) => tap)
    const kept = [...shape.slice(0, 2), ...(used ? [used.length] : shape.slice(2))]
    const first = source.read(`${name}.weight`, Int8Array, kept)
    const digit = fine ? source.read(`${name}.digit`, Int8Array, kept) : null
    const shift = source.read(`${name}.shift`, Int8Array, [outputs])
    const data = new Float32Array(outputs * inputs * area)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++) {
        const place = transposed ? i * outputs + o : o * inputs + i
        for (const [k, tap] of taps.entries()) {
          const from = place * taps.length + k
          const weight = digit ? first[from]! * 2 ** digitBits + digit[from]! : first[from]!
          data[place * area + tap] = (weight * 2 ** -shift[o]! * output(o)) / input(i)
        }
      }
    floats[`${name}.weight`] = { shape, data }
    if (used) return
    const bias = Float32Array.from(ints(`${name}.bias`, outputs), (v, o) => {
      const scale = 2 ** shift[o]!
      return ((v - (half ? scale >> 1 : 0)) / scale) * output(o)
    })
    floats[`${name}.bias`] = { shape: [outputs], data: bias }
  }
  const seen = ints('log2_seen_step', latents)
  const sum = ints('log2_unit_sum', context)
  const middle = realOf(ints('log2_unit_middle', hyper))
  const sumShift = source.read('sum_shift', Int8Array, [groups.length, context])
  const mixed = ints('log2_unit_mixed', groups.length, context)
  const up = { half: true, fine: true, transposed: true }
  const first = { input: realOf(ints('log2_step_z', hyper)), output: middle }
  layer('hyper_synthesis.0', first, [hyper, hyper, 4, 4], up)
  layer('hyper_synthesis.2', { input: middle, output: realOf(sum) }, [hyper, context, 4, 4], up)
  for (const [k, start] of groupStarts(groups).entries()) {
    const size = groups[k]!
    const output = realOf(sum)
    if (k > 0)
      layer(`from_groups.${k}`, { input: realOf(seen), output }, [context, start, 3, 3], { half: true })
    const own = realOf(seen.subarray(start, start + size))
    const anchors = { half: true, taps: anchorTaps }
    layer(`from_anchors.${k}`, { input: own, output }, [context, size, 5, 5], anchors)
    const before = realOf(sum.map((unit, c) => unit + sumShift[k * context + c]! * octave))
    const after = realOf(mixed.subarray(k * context, (k + 1) * context))
    const fine = { half: true, fine: true }
    layer(`parameters_of.${k}.1`, { input: before, output: after }, [context, context, 1, 1], fine)
    const units = { input: after, output: (o: number) => (o < size ? 1 : 1 / log2e) }
    layer(`parameters_of.${k}.3`, units, [2 * size, context, 1, 1], { half: false, fine: true })
  }
  return floats
}

import type { EngineTasks } from '../core/engine-tasks.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { toFloats } from '../imaging/sample-floats.ts'
import { lambdaAt } from '../models/codec/options.ts'
import { Checksum } from './checksum.ts'
import { nearest, rateDistortion, type SymbolChoice, triedStrengths } from './choose-symbols.ts'
import { type CodecModel, codecOf } from './codec-model.ts'
import type { LevelIntegers } from './entropy/integer-model.ts'
import { LatentWalk } from './entropy/latent-walk.ts'
import { refinedLatents } from './refine-latents.ts'
import { SymbolEncoder } from './symbol-coder.ts'
import { bitsOf } from './symbol-cost.ts'
import { synthesiseTile } from './synthesise-tile.ts'
import { latentsOf, type TileLatents } from './tile-latents.ts'

type Input<Name extends keyof EngineTasks> = EngineTasks[Name]['input']
type Output<Name extends keyof EngineTasks> = EngineTasks[Name]['output']

/**
 * A tile's pixels to its stream. `latents` are what a decoder gets from it, in 32nds of a step.
 * @throws AppError `bad-input` when the model is no codec
 */
export async function encodeTile(
  loaded: LoadedModel,
  input: Input<'encodeTile'>,
  signal?: AbortSignal,
): Promise<Output<'encodeTile'>> {
  const codec = codecOf(loaded)
  const level = codec.integers.at(input.levelQ)
  const { encode } = await loaded.compiled()
  const latents = latentsOf({ parameters: loaded.parameters, encode }, level, input)
  const code = (choice: SymbolChoice, y = latents.y) => codeLatents(codec, level, { ...latents, y, choice })
  const weighing = (strength?: number) => rateDistortion(codec, level, input.levelQ, strength)
  if (input.effort === 0) return code(nearest)
  if (input.effort === 1) return code(weighing())
  const refined = await refinedLatents(loaded, input, signal)
  const perError = lambdaAt(input.levelQ / 1024) / 3
  let best: Output<'encodeTile'> | null = null
  let least = Number.POSITIVE_INFINITY
  const tries = [
    code(weighing()),
    code(nearest, refined),
    ...triedStrengths.map((s) => code(weighing(s), refined)),
  ]
  for (const tried of tries) {
    const decoded = await synthesiseTile(loaded, { ...input, ...latents, latents: tried.latents })
    const cost = 8 * tried.stream.length + perError * squaredError(decoded, input)
    if (cost < least) [best, least] = [tried, cost]
  }
  return best!
}

/** Sum of the squared differences of the core's decoded pixels (as saved: clipped) and its own. */
function squaredError(decoded: Float32Array, { width, pixels: samples, core }: Input<'encodeTile'>): number {
  const pixels = toFloats(samples)
  let sum = 0
  for (let row = 0, i = 0; row < core.height; row++) {
    const start = 3 * ((core.y + row) * width + core.x)
    for (let k = start; k < start + 3 * core.width; k++, i++)
      sum += (Math.min(1, Math.max(0, decoded[i]!)) - pixels[k]!) ** 2
  }
  return sum
}

/** Entropy coding alone: the same walk as the decoder's, which sees what this one has put. */
export function codeLatents(
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
  return { stream: encoder.finish(), symbolsCrc32: checksum.value, estimatedBits, latents: walk.decoded }
}

/** What is coded of hyper-latents: their distance from a whole number near their mean, and the tables. */
function hyperSymbols(z: Int16Array, { tableZ, shiftZ }: LevelIntegers): [Int16Array, Uint8Array] {
  const channels = tableZ.length
  return [
    z.map((symbol, i) => symbol - shiftZ[i % channels]!),
    Uint8Array.from(z, (_, i) => tableZ[i % channels]!),
  ]
}

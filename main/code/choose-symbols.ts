import { lambdaAt } from '../models/codec/options.ts'
import type { CodecModel } from './codec-model.ts'
import { type IntegerModel, type LevelIntegers, parts } from './entropy/integer-model.ts'
import type { Prediction, Step } from './entropy/latent-walk.ts'
import { octave } from './entropy/powers.ts'
import { skips } from './frequency-table.ts'
import { type CostTable, costTable } from './symbol-cost.ts'

/**
 * The symbols of a step for latents y (rows, columns, latents) in steps: what is coded of each latent is its
 * distance from its mean, in whole steps.
 */
export type SymbolChoice = (
  y: Float32Array,
  step: Step,
  prediction: Prediction,
  model: IntegerModel,
) => Int16Array

/** Symbols near a mean of up to 1,000 steps stay in 16 bits with it. */
const largestSymbol = 1000

/** Every latent to the nearest value that can be coded. */
export const nearest: SymbolChoice = (y, step, prediction, model) =>
  chosen(y, step, prediction, model, (distance) => Math.round(distance))

/**
 * Each latent to the value of the least bits + weight * squared error, among the nearest and those between it and the
 * mean: what the next value costs less is worth some error.
 */
export function rateDistortion(
  { integers }: CodecModel,
  level: LevelIntegers,
  levelQ: number,
  strength = usualStrength,
): SymbolChoice {
  const costs = integers.tables.map(costTable)
  const perError = lambdaAt(levelQ / 1024) / 3
  // A squared error in steps, in bits: both transforms keep lengths, nearly.
  const weights = Float64Array.from(
    level.log2InverseGain,
    (log2) => strength * perError * 4 ** (log2 / octave),
  )
  return (y, step, prediction, model) =>
    chosen(y, step, prediction, model, (distance, table, channel) => {
      const first = Math.round(distance)
      if (first === 0) return 0
      const cost = costs[table]!
      const weight = weights[channel]!
      const towards = first > 0 ? -1 : 1
      let [best, least] = [first, Number.POSITIVE_INFINITY]
      for (let k = 0, symbol = first; k < 3; k++, symbol += towards) {
        const total = bitsOf(cost, symbol) + weight * (distance - symbol) ** 2
        if (total < least) [best, least] = [symbol, total]
        if (symbol === 0) break
      }
      return best
    })
}

/**
 * What errors count for beyond their own cost: synthesis makes more of them than a transform that keeps lengths would,
 * and later latents are predicted from these. Of 5, 7, 10, 14 and 20 the one of the fewest bits at equal PSNR on
 * held-out photos.
 */
const usualStrength = 14

/** What the highest effort tries on refined latents. */
export const triedStrengths = [14, 30]

function chosen(
  y: Float32Array,
  { positions, from, to }: Step,
  { tables, means }: Prediction,
  model: IntegerModel,
  choose: (distance: number, table: number, channel: number) => number,
): Int16Array {
  const symbols = new Int16Array(tables.length)
  const skipped = model.tables.map(skips)
  let i = 0
  for (const position of positions) {
    const start = position * model.latents
    for (let c = from; c < to; c++, i++) {
      const table = tables[i]!
      if (skipped[table]) continue
      const symbol = choose(y[start + c]! - means[i]! / parts, table, c)
      symbols[i] = Math.max(-largestSymbol, Math.min(largestSymbol, symbol))
    }
  }
  return symbols
}

function bitsOf({ min, bits, escapeBits }: CostTable, symbol: number): number {
  const entry = symbol - min
  return entry >= 0 && entry < bits.length ? bits[entry]! : escapeBits(symbol)
}

import type { EngineWorkload } from './workloads.ts'

/** The best times of one workload, in milliseconds, by the way of computing. */
export interface Measured {
  readonly mean: EngineWorkload['mean']
  readonly best: ReadonlyMap<string, number>
}

/** Pairs of ways whose times are compared: the first over the second. */
const pairs = [
  ['eager', 'float32'],
  ['eager', 'bfloat16'],
  ['eager', 'xla'],
  ['PyTorch float32', 'float32'],
  ['PyTorch bfloat16', 'bfloat16'],
] as const

/** How many times as fast, as geometric means over inference and over training; only what all of them measured. */
export function geometricMeans(measured: readonly Measured[]): string[][] {
  return (['inference', 'training'] as const).flatMap((kind) => {
    const counted = measured.filter(({ mean }) => mean === kind)
    return pairs.flatMap(([slow, fast]) => {
      const ratios = counted.map(({ best }) => best.get(slow)! / best.get(fast)!)
      if (ratios.length === 0 || ratios.some(Number.isNaN)) return []
      const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
      return [[kind, `${fast} against ${slow}`, String(ratios.length), mean.toFixed(2)]]
    })
  })
}

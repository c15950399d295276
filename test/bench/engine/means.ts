import type { EngineWorkload } from './workloads.ts'

/** Milliseconds that passed, and of processor time of all threads. */
export interface Times {
  readonly wall: number
  readonly processor: number
}

/** The best times of one workload by the way of computing. */
export interface Measured {
  readonly mean: EngineWorkload['mean']
  readonly best: ReadonlyMap<string, Times>
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
      const means = (['wall', 'processor'] as const).map((clock) =>
        geometricMean(
          counted.map(
            ({ best }) => (best.get(slow)?.[clock] ?? Number.NaN) / (best.get(fast)?.[clock] ?? Number.NaN),
          ),
        ),
      )
      if (counted.length === 0 || means.some(Number.isNaN)) return []
      return [
        [kind, `${fast} against ${slow}`, String(counted.length), ...means.map((mean) => mean.toFixed(2))],
      ]
    })
  })
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
}

import type { Histogram } from '../../shared/contract/denoise.ts'

/** Bins of a histogram from `first` to before `last`, and the levels at their outer edges. */
export interface Span {
  readonly first: number
  readonly last: number
  readonly least: number
  readonly most: number
}

/** The bins that hold 99.8 % of what was counted, the same to both sides of zero. */
export function spanOf({ from, width, channels }: Histogram): Span {
  const counts = channels[0]!.counts.map((_, i) => channels.reduce((sum, one) => sum + one.counts[i]!, 0))
  const total = counts.reduce((sum, count) => sum + count, 0)
  // Zero lies in the middle of its bin.
  const middle = Math.floor(-from / width)
  let half = 2
  for (let inside = 0; half < counts.length; half++) {
    inside = counts
      .slice(Math.max(0, middle - half), middle + half + 1)
      .reduce((sum, count) => sum + count, 0)
    if (inside >= 0.998 * total) break
  }
  const first = Math.max(0, middle - half)
  const last = Math.min(counts.length, middle + half + 1)
  return { first, last, least: from + first * width, most: from + last * width }
}

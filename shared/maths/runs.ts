import { AppError } from '../errors.ts'

/**
 * A mask of 0 and 1 as the lengths of its runs, row by row, of zeros and ones in turn; the first, of zeros, may be 0. What
 * is painted with a brush becomes a few thousand numbers.
 */
export function runsOf(mask: Uint8Array): number[] {
  const runs: number[] = []
  let [value, from] = [0, 0]
  while (from < mask.length) {
    const next = mask.indexOf(1 - value, from)
    const to = next < 0 ? mask.length : next
    runs.push(to - from)
    from = to
    value = 1 - value
  }
  return runs
}

/** @throws AppError `bad-input` where the runs do not add up to `length` */
export function maskOf(runs: readonly number[], length: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(length)
  let at = 0
  for (const [i, run] of runs.entries()) {
    if (i % 2 === 1) mask.fill(1, at, Math.min(length, at + run))
    at += run
  }
  if (at === length) return mask
  throw new AppError('bad-input', `mask: expected runs of ${length} pixels in all, got ${at}`)
}

import { AppError } from '../../shared/errors.ts'

/** Steps of `levelQ` from one level of the codec to the next */
export const LEVEL_ONE = 1024
/** Levels that the codec's gains are stored for; what lies between them is interpolated */
export const LEVELS = 8
/** The largest `levelQ`, of quality 100 */
export const LEVEL_LAST = (LEVELS - 1) * LEVEL_ONE

/**
 * The level in 1024ths, 0 to 7168, of a quality from 1 to 100 that need not be whole. It is what a file stores, so
 * that encoder and decoder interpolate with the same integer.
 * @throws AppError `bad-input` for a quality outside 1 to 100
 */
export function levelOfQuality(quality: number): number {
  if (!(quality >= 1 && quality <= 100))
    throw new AppError('bad-input', `quality: expected a number from 1 to 100, got ${quality}`)
  return Math.round(((quality - 1) / 99) * LEVEL_LAST)
}

/**
 * The quality, 1 to 100, of a level in 1024ths; `levelOfQuality` of it is that level again.
 * @throws AppError `bad-input` for anything but an integer from 0 to 7168
 */
export function qualityOfLevel(levelQ: number): number {
  if (!(Number.isInteger(levelQ) && levelQ >= 0 && levelQ <= LEVEL_LAST))
    throw new AppError('bad-input', `levelQ: expected an integer from 0 to ${LEVEL_LAST}, got ${levelQ}`)
  return 1 + (levelQ / LEVEL_LAST) * 99
}

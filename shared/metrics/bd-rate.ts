import { AppError } from '../errors.ts'
import { type MonotoneCurve, pchip } from '../maths/pchip.ts'

/** A codec at one quality: means over the pictures of a set. */
export interface RatePoint {
  /** bits per pixel of whole files */
  readonly bpp: number
  readonly psnrDb: number
}

export interface BdRate {
  /** how many more bits the tested codec takes, in percent; negative where it takes fewer */
  readonly percent: number
  /** the PSNR that was integrated over, in dB: what was asked for, as far as both curves reach */
  readonly fromDb: number
  readonly toDb: number
}

/**
 * Bjontegaard's difference in rate at equal PSNR (VCEG-M33, 2001): the mean of the difference of the logarithms of the
 * rates over the PSNR both reach, by piecewise cubics (as JVET's common test conditions) instead of one polynomial.
 * @param overDb integrated over at most, from and to in dB; all that both curves reach by default
 * @throws AppError bad-input for curves of fewer than two points, a rate or PSNR that is no positive number, a PSNR
 *   that does not rise with the rate, or curves that share no PSNR
 */
export function bdRate(
  anchor: readonly RatePoint[],
  tested: readonly RatePoint[],
  overDb: readonly [number, number] = [0, Number.POSITIVE_INFINITY],
): BdRate {
  const [a, b] = [logRateCurve(anchor), logRateCurve(tested)]
  const fromDb = Math.max(a.fromDb, b.fromDb, overDb[0])
  const toDb = Math.min(a.toDb, b.toDb, overDb[1])
  if (!(toDb > fromDb)) {
    const range = ({ fromDb, toDb }: LogRateCurve) => `${fromDb.toFixed(2)} to ${toDb.toFixed(2)} dB`
    throw new AppError('bad-input', `rate difference: no PSNR is shared by ${range(a)} and ${range(b)}`)
  }
  const difference = (b.curve.integral(fromDb, toDb) - a.curve.integral(fromDb, toDb)) / (toDb - fromDb)
  return { percent: 100 * Math.expm1(difference), fromDb, toDb }
}

/** Bits per pixel that a codec needs for a PSNR, between its measured points; null out of their range. */
export function bppAtPsnr(points: readonly RatePoint[], psnrDb: number): number | null {
  const { curve, fromDb, toDb } = logRateCurve(points)
  return psnrDb < fromDb || psnrDb > toDb ? null : Math.exp(curve.at(psnrDb))
}

interface LogRateCurve {
  /** PSNR in dB to the natural logarithm of bits per pixel */
  readonly curve: MonotoneCurve
  readonly fromDb: number
  readonly toDb: number
}

function logRateCurve(points: readonly RatePoint[]): LogRateCurve {
  const sorted = points.toSorted((p, q) => p.bpp - q.bpp)
  if (sorted.length < 2) {
    throw new AppError('bad-input', `rate difference: a curve needs two points, received ${sorted.length}`)
  }
  for (const [k, { bpp, psnrDb }] of sorted.entries()) {
    const rises = k === 0 || psnrDb > sorted[k - 1].psnrDb
    if (bpp > 0 && Number.isFinite(bpp) && psnrDb > 0 && Number.isFinite(psnrDb) && rises) continue
    const before = k > 0 ? ` after ${sorted[k - 1].psnrDb} dB` : ''
    throw new AppError(
      'bad-input',
      `rate difference: expected rates above 0 and a PSNR that rises with them, received ${bpp} bpp with ${psnrDb} dB${before}`,
    )
  }
  const psnrs = sorted.map(({ psnrDb }) => psnrDb)
  const logRates = sorted.map(({ bpp }) => Math.log(bpp))
  return { curve: pchip(psnrs, logRates), fromDb: psnrs[0], toDb: psnrs.at(-1)! }
}

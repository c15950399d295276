import { table } from '../../../main/cli/output.ts'
import { bdRate, bppAtPsnr } from '../../../shared/metrics/bd-rate.ts'
import type { CodecRun, Curve } from './types.ts'

/** What rates are compared over, in dB. */
const overDb = [28, 39] as const
const ladderDb = [30, 32, 34, 36, 38]

/** The tables of a run, as text. */
export function report({ about, curves, entropyShare }: CodecRun): string {
  const { megapixels } = about
  const speed = (ms: number) => ((1000 * megapixels) / ms).toFixed(2)
  const all = Object.values(curves)
  const points = all.flatMap(({ label, points }) =>
    points.map(({ quality, bpp, psnrDb, encodeMs, decodeMs, overEstimatePercent }) => [
      ...[label, quality, bpp.toFixed(4), psnrDb.toFixed(2), speed(encodeMs), speed(decodeMs)],
      overEstimatePercent === null ? '' : `${overEstimatePercent.toFixed(2)} %`,
    ]),
  )
  const total = ({ points }: Curve, of: 'encodeMs' | 'decodeMs') =>
    points.reduce((sum, point) => sum + point[of], 0) / points.length
  const { avif } = curves
  const ladder = all.map((curve) => [
    curve.label,
    ...ladderDb.map((psnrDb) => bppAtPsnr(curve.points, psnrDb)?.toFixed(3) ?? ''),
    ...['webp', 'avif'].map((rival) => {
      if (!curves[rival] || curves[rival] === curve) return ''
      const { percent, fromDb, toDb } = bdRate(curves[rival].points, curve.points, overDb)
      const isWhole = fromDb === overDb[0] && toDb === overDb[1]
      const range = isWhole ? '' : ` (${fromDb.toFixed(1)} to ${toDb.toFixed(1)} dB)`
      return `${percent > 0 ? '+' : ''}${percent.toFixed(2)} %${range}`
    }),
  ])
  const speeds = all.map((curve) => {
    const cells = (['encodeMs', 'decodeMs'] as const).flatMap((of) => {
      const ms = total(curve, of)
      return [speed(ms), avif ? (total(avif, of) / ms).toFixed(2) : '']
    })
    return [curve.label, ...cells]
  })
  const efforts = all.filter(({ label }) => label.startsWith('Hourglass'))
  const saved = efforts.slice(1).map((curve, k) => {
    const { percent, fromDb, toDb } = bdRate(efforts[k]!.points, curve.points, overDb)
    return [
      curve.label,
      efforts[k]!.label,
      `${percent.toFixed(2)} %`,
      `${fromDb.toFixed(1)} to ${toDb.toFixed(1)}`,
    ]
  })
  const shares = Object.entries(entropyShare).map(([id, { encode, decode }]) => [
    ...[curves[id]!.label, `${encode.toFixed(1)} %`, `${decode.toFixed(1)} %`],
  ])
  const sections = [
    `${about.pictures} pictures, ${about.threads} threads of ${about.processor}; ${about.libraries}`,
    table(
      ['codec', 'quality', 'bpp', 'PSNR dB', 'encode MP/s', 'decode MP/s', 'bytes over estimate'],
      points,
    ),
    `Bits per pixel at a PSNR, and how many more bits on average over ${overDb.join(' to ')} dB`,
    table(['codec', ...ladderDb.map((db) => `${db} dB`), 'against WebP', 'against AVIF'], ladder),
    ...(saved.length > 0 ? ['What an effort adds in bits', table(['codec', 'to', 'bits', 'dB'], saved)] : []),
    'Megapixels per second over all qualities, and times as fast as AVIF',
    table(['codec', 'encode', 'times AVIF', 'decode', 'times AVIF'], speeds),
  ]
  if (shares.length > 0) {
    sections.push('Coding of symbols, share of the time', table(['codec', 'of encode', 'of decode'], shares))
  }
  return sections.join('\n\n')
}

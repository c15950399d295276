import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bdRate, bppAtPsnr, type RatePoint } from '../../../../shared/metrics/bd-rate.ts'

const anchors = JSON.parse(readFileSync('test/bench/codec/anchors.json', 'utf8')).curves
const curve = (name: string): RatePoint[] =>
  anchors[name].points.map(([bpp, psnrDb]: [number, number]) => ({ bpp, psnrDb }))

// SciPy's PchipInterpolator on the same curves, integrated by it.
test.each([
  ['sharp-webp', 'sharp-avif-e4-psnr', -31.023015],
  ['sharp-avif-e4-psnr', 'sharp-webp', 44.975893],
  ['sharp-avif-e4-psnr', 'vtm', -21.271802],
  ['sharp-avif-e4-psnr', 'paper-hpcm-large', -36.994404],
] as const)('%s to %s over 28 to 39 dB is %f %%', (anchor, tested, percent) => {
  expect(bdRate(curve(anchor), curve(tested), [28, 39]).percent).toBeCloseTo(percent, 3)
})

test('without a range the curves decide it: AVIF takes 45 % fewer bits than WebP the other way round', () => {
  const { percent, fromDb, toDb } = bdRate(curve('sharp-avif-e4-psnr'), curve('sharp-webp'))
  expect(percent).toBeCloseTo(45.084715, 3)
  expect([fromDb, toDb]).toEqual([27.185, 40.8653])
})

test('the same curve at a constant share of the rate differs by that share, whatever its points', () => {
  const rate = (psnrDb: number) => 0.02 * 1.16 ** (psnrDb - 25) * (1 + 0.1 * Math.sin(psnrDb / 3))
  const sampled = (psnrs: number[], share: number) =>
    psnrs.map((psnrDb) => ({ psnrDb, bpp: share * rate(psnrDb) }))
  const grid = Array.from({ length: 57 }, (_, k) => 26 + k / 4)
  const shifted = grid.map((psnrDb) => psnrDb + 0.11)
  for (const share of [0.7, 0.9, 1, 1.3]) {
    const same = bdRate(sampled(grid, 1), sampled(grid, share), [28, 39])
    expect(same.percent).toBeCloseTo(100 * (share - 1), 9)
    expect(bdRate(sampled(grid, 1), sampled(shifted.toReversed(), share), [28, 39]).percent).toBeCloseTo(
      100 * (share - 1),
      2,
    )
  }
})

test('it tells over what it was integrated', () => {
  const tested = curve('paper-hpcm-large')
  const { fromDb, toDb } = bdRate(curve('sharp-webp'), tested, [28, 39])
  expect([fromDb, toDb]).toEqual([28.9135, 37.748])
})

test('the rate for a PSNR: measured points, in between, and nothing beyond', () => {
  const points = curve('sharp-webp')
  expect(bppAtPsnr(points, points[3].psnrDb)).toBeCloseTo(points[3].bpp, 10)
  expect(bppAtPsnr(points, 34)).toBeCloseTo(0.828, 2)
  expect(bppAtPsnr(points, 27)).toBeNull()
  expect(bppAtPsnr(points, 41)).toBeNull()
})

test('curves that cannot be compared are refused', () => {
  const points = [
    { bpp: 0.2, psnrDb: 29 },
    { bpp: 0.5, psnrDb: 33 },
  ]
  const refused = (tested: RatePoint[]) => () => bdRate(points, tested)
  expect(refused([points[0]])).toThrow('a curve needs two points, received 1')
  expect(refused([points[0], { bpp: 0.4, psnrDb: 28 }])).toThrow('received 0.4 bpp with 28 dB after 29 dB')
  expect(refused([{ bpp: 0, psnrDb: 20 }, points[1]])).toThrow('expected rates above 0')
  expect(refused([points[0], { bpp: 1, psnrDb: Number.POSITIVE_INFINITY }])).toThrow('expected rates above 0')
  expect(() => bdRate(points, points, [35, 39])).toThrow('no PSNR is shared')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../../../shared/random.ts'
import { golden, moments } from './golden.ts'

const reference = golden('random')

test('the bits are those of the reference xoshiro128**', () => {
  // From the C source of Blackman and Vigna with state 1, 2, 3, 4, as published with rand_xoshiro.
  const random = Random.restore([1, 2, 3, 4])
  expect(Array.from({ length: 10 }, () => random.uint32())).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ])
})

test('a seed becomes the MurmurHash3 of its numbers', () => {
  reference.seeds.forEach((seed: number[], i: number) => {
    expect(new Random(seed).state()).toEqual(reference.murmur[i])
  })
})

test('every kind of draw is pinned', () => {
  const random = new Random([2024, 5])
  const drawn = [
    random.uint32(),
    random.uniform(),
    random.between(-2, 3),
    random.integer(1000),
    random.normal(),
    random.poisson(3),
    random.poisson(300),
    random.shuffle([1, 2, 3, 4, 5, 6]).join(''),
  ]
  expect(drawn).toMatchInlineSnapshot(`
    [
      4177064319,
      0.44436088655815453,
      -1.6449982914671417,
      375,
      -1.3600953192848284,
      1,
      305,
      "254631",
    ]
  `)
})

test('normal numbers fill the bins that the normal distribution says', () => {
  const count = 1 << 21
  const values = new Random(3).fillNormal(new Float32Array(count))
  const { mean, deviation } = moments(values)
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(count))
  expect(Math.abs(deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * count))
  const seen = new Float64Array(reference.normalShares.length)
  for (const value of values) seen[Math.min(33, Math.max(0, Math.floor((value + 4) * 4) + 1))]++
  // 33 degrees of freedom: above 63.9 once in a thousand seeds.
  expect(chiSquare(seen, reference.normalShares, count)).toBeLessThan(63.9)
})

test('fillNormal gives what normal gives, and leaves the stream at the same place', () => {
  const [one, many] = [new Random(8), new Random(8)]
  const singles = Float32Array.from({ length: 5000 }, () => one.normal())
  expect(many.fillNormal(new Float32Array(5000))).toEqual(singles)
  expect(many.state()).toEqual(one.state())
})

test.each([0.3, 4, 9.9, 12, 60])('Poisson counts of mean %d follow their distribution', (mean) => {
  const shares: number[] = reference.poisson[String(mean)]
  const random = new Random([11, Math.round(mean * 10)])
  const count = 200_000
  const seen = new Float64Array(shares.length)
  for (let i = 0; i < count; i++) seen[Math.min(shares.length - 1, random.poisson(mean))]++
  // Bins of few expected counts are joined; the limit is mean + 4.5 deviations of the chi-square distribution.
  const { statistic, bins } = joinedChiSquare(seen, shares, count)
  expect(statistic).toBeLessThan(bins + 4.5 * Math.sqrt(2 * bins))
})

test('Poisson counts of large means keep mean and variance', () => {
  const random = new Random(5)
  const { mean, deviation } = moments(Array.from({ length: 100_000 }, () => random.poisson(50_000)))
  expect(Math.abs(mean - 50_000)).toBeLessThan(4)
  expect(deviation ** 2 / 50_000).toBeCloseTo(1, 1)
  expect(random.poisson(0)).toBe(0)
  expect(random.poisson(-3)).toBe(0)
  expect(() => random.poisson(NaN)).toThrow('must be finite')
})

test('whole numbers are even, uniform numbers lie in [0, 1)', () => {
  const random = new Random(1)
  const seen = new Float64Array(7)
  for (let i = 0; i < 70_000; i++) seen[random.integer(7)]++
  expect(chiSquare(seen, new Array(7).fill(1 / 7), 70_000)).toBeLessThan(22.5)
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
      const source = new Random(seed)
      const [whole, uniform] = [source.integer(n), source.uniform()]
      return Number.isInteger(whole) && whole >= 0 && whole < n && uniform >= 0 && uniform < 1
    }),
  )
})

test('a shuffle keeps the elements; a restored stream goes on', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer(), { maxLength: 20 }), (seed, array) => {
      const random = new Random(seed)
      expect(random.shuffle([...array]).sort()).toEqual([...array].sort())
      expect(Random.restore(random.state()).uint32()).toBe(random.uint32())
    }),
  )
})

test('streams of neighbouring seeds are unrelated', () => {
  const count = 100_000
  const a = new Random([7, 1]).fillNormal(new Float32Array(count))
  const b = new Random([7, 2]).fillNormal(new Float32Array(count))
  const correlation = a.reduce((sum, value, i) => sum + value * b[i], 0) / count
  expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count))
})

test('bad seeds, states and bounds are refused', () => {
  expect(() => new Random(0.5)).toThrow('whole numbers')
  expect(() => new Random([])).toThrow('whole numbers')
  expect(() => Random.restore([0, 0, 0, 0])).toThrow('not all 0')
  expect(() => Random.restore([1, 2, 3])).toThrow('four 32-bit numbers')
  expect(() => Random.restore([1, 2, 3, -4])).toThrow('four 32-bit numbers')
  expect(() => new Random(1).integer(0)).toThrow('from 1 to 2^32')
})

function chiSquare(seen: Float64Array, shares: number[], count: number): number {
  return seen.reduce((sum, n, i) => sum + (n - shares[i] * count) ** 2 / (shares[i] * count), 0)
}

function joinedChiSquare(seen: Float64Array, shares: number[], count: number) {
  let [statistic, bins, had, expected] = [0, 0, 0, 0]
  shares.forEach((share, i) => {
    had += seen[i]
    expected += share * count
    if (expected < 10) return
    statistic += (had - expected) ** 2 / expected
    bins++
    had = expected = 0
  })
  return { statistic: statistic + had + expected, bins }
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  goalOf,
  isNear,
  meets,
  noteOf,
  refuseTarget,
  type SoughtTarget,
  seekLevel,
  type Trial,
} from '../../../../main/core/codec/seek-level.ts'

const highest = 7168
const pixels = 393_216

/** Curves like a codec's: log bytes and dB rise with the level, bent, with a little unevenness. */
function curve(bend: number, uneven: number) {
  const at = (levelQ: number) => {
    const t = levelQ / highest
    const wave = uneven * Math.sin(levelQ * 0.37)
    return t + bend * t * (1 - t) + wave
  }
  return (levelQ: number): Trial => ({
    levelQ,
    bytes: Math.round(Math.exp(8.5 + 3.2 * at(levelQ))),
    psnrDb: 28 + 12 * at(levelQ),
  })
}

async function seek(target: SoughtTarget, trialAt: (levelQ: number) => Trial) {
  let count = 0
  const goal = goalOf(target, pixels)
  const slope = target.kind === 'psnr' ? 12 / highest : 3.2 / highest
  const found = await seekLevel(goal, { highest, start: highest / 2, slope, trials: 8 }, async (levelQ) => {
    expect(Number.isInteger(levelQ) && levelQ >= 0 && levelQ <= highest).toBe(true)
    count++
    return trialAt(levelQ)
  })
  return { goal, found, count }
}

test('reachable targets are met, and nearly exactly, in few trials', async () => {
  const shares = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  const bends = fc.double({ min: -0.8, max: 0.8, noNaN: true })
  await fc.assert(
    fc.asyncProperty(shares, bends, fc.constantFrom('bpp', 'size', 'psnr'), async (share, bend, kind) => {
      const trialAt = curve(bend, 0)
      const inside = trialAt(Math.round(share * highest))
      const value = { bpp: (8 * inside.bytes) / pixels, size: inside.bytes, psnr: inside.psnrDb }[kind]
      const { goal, found, count } = await seek({ kind, value }, trialAt)
      expect(meets(goal, found)).toBe(true)
      expect(isNear(goal, found)).toBe(true)
      expect(count).toBeLessThanOrEqual(8)
    }),
    { numRuns: 300 },
  )
})

test('an uneven curve still ends with a level that keeps the limit', async () => {
  const trialAt = curve(0.3, 0.01)
  for (const share of [0.2, 0.5, 0.8]) {
    const { goal, found, count } = await seek(
      { kind: 'size', value: trialAt(share * highest).bytes },
      trialAt,
    )
    expect(meets(goal, found)).toBe(true)
    expect(count).toBeLessThanOrEqual(24)
  }
})

test('less than the range offers is met by its end, and noted; more is refused with what comes nearest', async () => {
  const trialAt = curve(0, 0)
  const [lowest, best] = [trialAt(0), trialAt(highest)]
  const met: [SoughtTarget, Trial, RegExp][] = [
    [{ kind: 'psnr', value: 20 }, lowest, /^better than asked for/],
    [{ kind: 'size', value: 400_000 }, best, /^smaller than asked for/],
    [{ kind: 'bpp', value: 9 }, best, /^smaller than asked for/],
  ]
  for (const [target, end, note] of met) {
    const { goal, found } = await seek(target, trialAt)
    expect(found).toEqual(end)
    expect(meets(goal, found)).toBe(true)
    expect(noteOf(goal, found, highest)).toMatch(note)
  }
  const beyond: [SoughtTarget, Trial, string][] = [
    [{ kind: 'psnr', value: 41 }, best, 'the best this photo can be is 40.00 dB; 41 dB was asked for'],
    [
      { kind: 'size', value: 4000 },
      lowest,
      'the smallest this photo can be is 4.92 kB; 4.00 kB was asked for',
    ],
    [
      { kind: 'bpp', value: 0.05 },
      lowest,
      'the least this photo can be is 0.100 bits per pixel; 0.05 was asked for',
    ],
  ]
  for (const [target, end, message] of beyond) {
    const { goal, found } = await seek(target, trialAt)
    expect(found).toEqual(end)
    expect(meets(goal, found)).toBe(false)
    expect(() => refuseTarget(target, found, pixels)).toThrow(message)
  }
  const { goal, found } = await seek({ kind: 'size', value: best.bytes + 1 }, trialAt)
  expect(noteOf(goal, found, highest)).toBe(null)
})

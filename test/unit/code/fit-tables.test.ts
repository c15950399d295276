import { expect, test } from 'vitest'
import type { IntegerModel } from '../../../main/code/entropy/integer-model.ts'
import type { Step } from '../../../main/code/entropy/latent-walk.ts'
import { TableFit } from '../../../main/code/fit-tables.ts'
import { gaussianTable } from '../../../main/code/prior-tables.ts'
import { bitsOf } from '../../../main/code/symbol-cost.ts'
import { Random } from '../../../shared/random.ts'

const before = [gaussianTable(0.5), gaussianTable(3), gaussianTable(40)]
const random = new Random([5])
/** Symbols with longer tails than the tables', the third's as they should be. */
function drawn(count: number) {
  const tables = Uint8Array.from({ length: count }, (_, i) => i % 3)
  const symbols = Int16Array.from(tables, (table) => {
    const scale = [0.5, 3, 40][table]! * (table < 2 && random.uniform() < 0.1 ? 4 : 1)
    return Math.round(scale * random.normal())
  })
  return { tables, symbols }
}

test('fitted tables take fewer bits of symbols like those counted; wide ones are left as they were', () => {
  const fit = new TableFit()
  const { tables, symbols } = drawn(60_000)
  const choice = fit.counting(() => symbols)
  const prediction = { tables, means: new Int16Array(tables.length) }
  expect(choice(new Float32Array(0), {} as Step, prediction, {} as IntegerModel)).toBe(symbols)
  const after = fit.tables(before)
  expect(after[2]).toBe(before[2])
  const other = drawn(30_000)
  const [old, now] = [before, after].map((all) => bitsOf(other.symbols, other.tables, all))
  expect(now! / old!).toBeLessThan(0.98)
  for (const { min, cumulative } of after.slice(0, 2)) {
    expect(cumulative.length - 2).toBe(2 * -min + 1)
    const slots = Array.from(cumulative.subarray(1), (end, k) => end - cumulative[k]!)
    const inside = slots.slice(0, -1)
    for (const [k, count] of inside.entries())
      expect(Math.abs(count - inside.at(-1 - k)!)).toBeLessThanOrEqual(1)
  }
})

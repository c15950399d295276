import type { SymbolChoice } from './choose-symbols.ts'
import { tableCount } from './entropy/integer-model.ts'
import { type FrequencyTable, symbolCount, tableOf } from './frequency-table.ts'
import { frequenciesOf } from './prior-tables.ts'
import { FREQUENCY_SUM } from './rans.ts'

/** Symbols up to this size are counted; tables so wide that more would be needed are left as they are. */
const largestCounted = 64
/** How many symbols the table that was there before counts for. */
const priorCount = 100
/** A symbol less likely than this, at the end of a table, is left to the escape. */
const tail = 2 ** -15

/**
 * Counts the symbols that encoding photos gives, by the table that each is coded with, and makes tables of the counts:
 * photos have longer tails than Gaussians, and rounding by rate and distortion more noughts, which together cost 0.4 to
 * 0.8 % of the rate.
 */
export class TableFit {
  /** (tables, 2 * largestCounted + 1), and beyond */
  readonly #counts = new Float64Array(tableCount * (2 * largestCounted + 1))
  readonly #beyond = new Float64Array(tableCount)

  /** The same choice of symbols, counted. */
  counting(choice: SymbolChoice): SymbolChoice {
    const width = 2 * largestCounted + 1
    return (y, step, prediction, model) => {
      const symbols = choice(y, step, prediction, model)
      for (let i = 0; i < symbols.length; i++) {
        const [symbol, table] = [symbols[i]!, prediction.tables[i]!]
        if (Math.abs(symbol) > largestCounted) this.#beyond[table]!++
        else this.#counts[table * width + symbol + largestCounted]!++
      }
      return symbols
    }
  }

  /** @param before the tables that the symbols were chosen for */
  tables(before: readonly FrequencyTable[]): FrequencyTable[] {
    return before.map((table, t) => this.#fitted(table, t))
  }

  #fitted(before: FrequencyTable, t: number): FrequencyTable {
    const { min, cumulative } = before
    const count = symbolCount(before)
    if (Math.max(-min, min + count - 1) >= largestCounted) return before
    const width = 2 * largestCounted + 1
    const counts = this.#counts.subarray(t * width, (t + 1) * width)
    const beyond = this.#beyond[t]!
    const total = counts.reduce((sum, n) => sum + n, beyond) + priorCount
    const prior = (symbol: number) => {
      const k = symbol - min
      return k >= 0 && k < count ? (cumulative[k + 1]! - cumulative[k]!) / FREQUENCY_SUM : 0
    }
    // Photos know no sign: both of a symbol count for each.
    const likely = (symbol: number) => {
      const both = (counts[largestCounted + symbol]! + counts[largestCounted - symbol]!) / 2
      return (both + priorCount * prior(symbol)) / total
    }
    let last = largestCounted
    while (last > 0 && likely(last) < tail) last--
    const inside = Array.from({ length: 2 * last + 1 }, (_, k) => likely(k - last))
    const rest = Math.max(0, 1 - inside.reduce((sum, p) => sum + p, 0))
    return tableOf(-last, frequenciesOf([...inside, rest]), `the fitted table ${t}`)
  }
}

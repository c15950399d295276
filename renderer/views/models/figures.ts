export interface FigureRow {
  /** what it was measured on */
  readonly set: string
  readonly columns: readonly { readonly name: string; readonly value: string }[]
}

/** At most so many columns fit a card. */
const mostColumns = 4

/** The decibels of a card's metrics as rows of a table, named by what they say they are of, e.g. `psnr25_dB`. */
export function figuresOf(metrics: Readonly<Record<string, unknown>>): FigureRow[] {
  const sets = Object.entries(metrics).filter(([, value]) => typeof value === 'object' && value !== null)
  const flat = Object.entries(metrics).filter(([, value]) => typeof value === 'number')
  const all: [string, unknown][] =
    flat.length > 0 ? [['validation', Object.fromEntries(flat)], ...sets] : sets
  const rows = all
    .map(([set, values]) => ({
      set,
      columns: thinned(
        Object.entries(values as object)
          .filter(([name, value]) => name.endsWith('_dB') && typeof value === 'number')
          .map(([name, value]) => ({ name: nameOf(name), value: (value as number).toFixed(2) })),
      ),
    }))
    .filter(({ columns }) => columns.length > 0)
  const first = rows[0]?.columns.map(({ name }) => name).join()
  return rows.filter(({ columns }) => columns.map(({ name }) => name).join() === first)
}

function nameOf(metric: string): string {
  const level = /^psnr(\d+)_dB$/.exec(metric)?.[1]
  if (level !== undefined) return level.length === 1 ? `level ${level}` : `sigma ${level}`
  const words = metric.replace(/^psnr_|_dB$/g, '').replace(/[-_]/g, ' ')
  return words.replace(/[a-z][A-Z]/g, ([a, b]) => `${a} ${b.toLowerCase()}`)
}

function thinned<T>(list: readonly T[]): T[] {
  if (list.length <= mostColumns) return [...list]
  return Array.from(
    { length: mostColumns },
    (_, i) => list[Math.round((i * (list.length - 1)) / (mostColumns - 1))],
  )
}

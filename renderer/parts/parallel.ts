/** One axis of a parallel-coordinates plot: where values lie between 0, below, and 1, above. */
export interface Axis {
  readonly name: string
  readonly title: string
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** null where there is no value */
  position(value: unknown): number | null
  /** what lies at a place, in words */
  textAt(at: number): string
}

const mostTicks = 6
/** of the axis: words closer than that would lie on each other */
const leastGap = 0.07

/**
 * Numbers on a line, on a logarithmic one where they reach over an order of magnitude; all else one place each, in
 * order of appearance.
 */
export function axisOf(name: string, title: string, values: readonly unknown[]): Axis {
  const known = values.filter((value) => value !== null && value !== undefined)
  if (known.length > 0 && known.every((value) => typeof value === 'number' && Number.isFinite(value)))
    return numbersAxis(name, title, known as number[])
  return choicesAxis(name, title, [...new Set(known.map(valueText))])
}

function numbersAxis(name: string, title: string, values: readonly number[]): Axis {
  const distinct = [...new Set(values)].sort((a, b) => a - b)
  const [low, high] = [distinct[0]!, distinct.at(-1)!]
  const isLogarithmic = low > 0 && high / low >= 8
  const scale = isLogarithmic ? Math.log : (value: number) => value
  const back = isLogarithmic ? Math.exp : (value: number) => value
  const span = scale(high) - scale(low)
  const at = (value: number) => (span > 0 ? (scale(value) - scale(low)) / span : 0.5)
  const valueAt = (place: number) => back(scale(low) + place * span)
  const ticks =
    distinct.length <= mostTicks
      ? distinct.map((value) => ({ at: at(value), text: figureText(value) }))
      : [0, 0.25, 0.5, 0.75, 1].map((place) => ({ at: place, text: figureText(valueAt(place)) }))
  return {
    ...{ name, title, ticks: spaced(ticks) },
    position: (value) => (typeof value === 'number' && Number.isFinite(value) ? at(value) : null),
    textAt: (place) => figureText(valueAt(place)),
  }
}

/** The ends stay, and what has room between them. */
function spaced(ticks: Axis['ticks']): Axis['ticks'] {
  const kept = ticks.slice(0, 1)
  const last = ticks.at(-1)!
  for (const tick of ticks.slice(1, -1))
    if (tick.at - kept.at(-1)!.at >= leastGap && last.at - tick.at >= leastGap) kept.push(tick)
  return ticks.length > 1 ? [...kept, last] : kept
}

function choicesAxis(name: string, title: string, texts: readonly string[]): Axis {
  const at = (i: number) => (texts.length > 1 ? i / (texts.length - 1) : 0.5)
  const ticks = texts.map((text, i) => ({ at: at(i), text }))
  return {
    ...{ name, title, ticks },
    position(value) {
      const i = texts.indexOf(valueText(value))
      return i < 0 ? null : at(i)
    },
    textAt: (place) => texts[Math.round(place * (texts.length - 1))] ?? '',
  }
}

/** Four digits at most, and none that say nothing. */
export function figureText(value: number): string {
  const text = Number(value.toPrecision(3))
  return Math.abs(text) >= 1e5 || (text !== 0 && Math.abs(text) < 1e-3)
    ? text.toExponential().replace('e+', 'e')
    : String(text)
}

/** As it is typed: `elu`, `16, 32`. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'number' ? figureText(value) : String(value)
}

/** A stretch of an axis, by its places. */
export type Stretch = readonly [from: number, to: number]

/** Whether a line lies in every stretch; one without a value on a brushed axis does not. */
export function isWithin(places: readonly (number | null)[], brushes: ReadonlyMap<number, Stretch>): boolean {
  const slack = 1e-6
  return [...brushes].every(([axis, [from, to]]) => {
    const at = places[axis]
    return at !== null && at !== undefined && at >= from - slack && at <= to + slack
  })
}

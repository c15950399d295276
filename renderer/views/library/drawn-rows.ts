/** Rows from `first` on, up to but without `last`. */
export interface Rows {
  readonly first: number
  readonly last: number
}

/**
 * The rows to draw now on the way from those that are drawn to those that are wanted: at most `most` new ones, since each
 * takes its time, below before above.
 */
export function nextRows(drawn: Rows, wanted: Rows, most: number): Rows {
  const isBeside = drawn.last <= wanted.first || drawn.first >= wanted.last
  const first = isBeside ? wanted.first : Math.max(drawn.first, wanted.first)
  const last = isBeside ? wanted.first : Math.min(drawn.last, wanted.last)
  const below = Math.min(most, wanted.last - last)
  const above = Math.min(most - below, first - wanted.first)
  return { first: first - above, last: last + below }
}

/** How the grid lays out photos, in CSS pixels. */
export interface Layout {
  readonly columns: number
  readonly rowHeight: number
  /** above the first row */
  readonly padding: number
  /** of what is seen at once */
  readonly height: number
}

/** A photo and how far below the top edge its row begins. */
export interface Place {
  readonly id: number
  readonly offset: number
}

/** Where the row of the photo `at` begins. */
export function rowStart(at: number, { columns, rowHeight, padding }: Layout): number {
  return padding + Math.floor(at / columns) * rowHeight
}

/** The photo to keep in view: the current one where it is wholly seen, else the first one that is; null for no photos. */
export function placeOf(ids: Uint32Array, current: number | null, top: number, layout: Layout): Place | null {
  const offsetOf = (at: number) => rowStart(at, layout) - top
  const isSeen = (at: number) => offsetOf(at) >= 0 && offsetOf(at) + layout.rowHeight <= layout.height
  const own = current === null ? -1 : ids.indexOf(current)
  const first = Math.max(0, Math.ceil((top - layout.padding) / layout.rowHeight)) * layout.columns
  const at = own >= 0 && isSeen(own) ? own : Math.min(first, ids.length - 1)
  return at < 0 ? null : { id: ids[at]!, offset: offsetOf(at) }
}

/** Where to scroll so that a photo is wholly seen where it was, or as near as that goes; null where it is none of these. */
export function topFor({ id, offset }: Place, ids: Uint32Array, layout: Layout): number | null {
  const at = ids.indexOf(id)
  if (at < 0) return null
  const within = Math.min(Math.max(0, offset), Math.max(0, layout.height - layout.rowHeight))
  return Math.max(0, rowStart(at, layout) - within)
}

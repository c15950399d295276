import type { Box, Layer, PlacedLayer } from '../draw/layer.ts'

/** Device pixels between panes. */
const gap = 2

/**
 * Where each of several pictures is drawn: all over each other for a split, else in columns and rows, so many that they
 * are largest; a last row with holes is worth a little less.
 * @param aspect of the pictures, width / height
 */
export function panes(
  size: { width: number; height: number },
  count: number,
  arrangement: 'grid' | 'split',
  aspect = 1.5,
): Box[] {
  const { width, height } = size
  if (arrangement === 'split' || count < 2) {
    return Array.from({ length: Math.max(1, count) }, () => ({ x: 0, y: 0, width, height }))
  }
  const paneOf = (columns: number) => {
    const rows = Math.ceil(count / columns)
    const paneWidth = Math.floor((width - gap * (columns - 1)) / columns)
    const paneHeight = Math.floor((height - gap * (rows - 1)) / rows)
    const worth = Math.min(paneWidth / aspect, paneHeight) * (count % columns === 0 ? 1 : 0.85)
    return { columns, paneWidth, paneHeight, worth }
  }
  const choices = Array.from({ length: count }, (_, i) => paneOf(count - i))
  const { columns, paneWidth, paneHeight } = choices.reduce((best, one) =>
    one.worth > best.worth ? one : best,
  )
  return Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * (paneWidth + gap),
    y: Math.floor(i / columns) * (paneHeight + gap),
    width: paneWidth,
    height: paneHeight,
  }))
}

/** @param split share of the width that the first picture of a split has */
export function place(
  layers: readonly Layer[],
  boxes: readonly Box[],
  arrangement: 'grid' | 'split',
  split: number,
): PlacedLayer[] {
  return layers.map((layer, i) => {
    const box = boxes[i]
    if (arrangement !== 'split' || layers.length !== 2) return { layer, box, clip: box }
    const edge = Math.round(box.width * split)
    const clip = i === 0 ? { ...box, width: edge } : { ...box, x: edge, width: box.width - edge }
    return { layer, box, clip }
  })
}

/** Whether the label of one side of a split has room. */
export function handlePlace(side: number, split: number): boolean {
  return side === 0 ? split > 0.1 : split < 0.9
}

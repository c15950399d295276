export interface Place {
  readonly x: number
  readonly y: number
}

/** Of the outline's height: each holds the edges that pass it, so that a point meets only a few of them. */
const bands = 512

/**
 * Indices of the points within an outline, in the order of the points, by the even-odd rule; the outline closes itself.
 * @param xy x and y of each point in turn
 */
export function pointsWithin(xy: ArrayLike<number>, corners: readonly Place[]): number[] {
  const ys = corners.map(({ y }) => y)
  const low = Math.min(...ys)
  const high = Math.max(...ys)
  const bandOf = (y: number) => Math.min(bands - 1, Math.floor(((y - low) / (high - low || 1)) * bands))
  const edges: number[][] = Array.from({ length: bands }, () => [])
  for (const [i, p] of corners.entries()) {
    const q = corners[(i + 1) % corners.length]!
    const [first, last] = [bandOf(Math.min(p.y, q.y)), bandOf(Math.max(p.y, q.y))]
    for (let band = first; band <= last; band++) edges[band]!.push(p.x, p.y, q.x, q.y)
  }
  const found: number[] = []
  for (let i = 0; i < xy.length; i += 2) {
    const [x, y] = [xy[i]!, xy[i + 1]!]
    if (y < low || y > high) continue
    const near = edges[bandOf(y)]!
    let isInside = false
    for (let e = 0; e < near.length; e += 4) {
      const [px, py, qx, qy] = [near[e]!, near[e + 1]!, near[e + 2]!, near[e + 3]!]
      if (py > y !== qy > y && x < ((qx - px) * (y - py)) / (qy - py) + px) isInside = !isInside
    }
    if (isInside) found.push(i / 2)
  }
  return found
}

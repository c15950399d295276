/** In image pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Sets the pixels whose middles lie within `radius` of the way from a to b. */
export function stamp(
  pixels: Uint8Array,
  width: number,
  height: number,
  a: Point,
  b: Point,
  radius: number,
  value: 0 | 1,
): void {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - radius))
  const bottom = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + radius))
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - radius))
  const right = Math.min(width - 1, Math.ceil(Math.max(a.x, b.x) + radius))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - a.x, y + 0.5 - a.y]
      const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0
      const [ex, ey] = [px - along * dx, py - along * dy]
      if (ex * ex + ey * ey <= radius * radius) pixels[y * width + x] = value
    }
  }
}

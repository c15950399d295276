/**
 * A square crop (RGB, 8 bits) turned by quarter turns counter-clockwise, and then mirrored left to right, into
 * `target`; both side * side * 3 bytes.
 */
export function turnCrop(
  source: Uint8Array,
  side: number,
  turns: number,
  mirrored: boolean,
  target: Uint8Array,
): void {
  const last = side - 1
  // The source pixel of row r, column c is start + r * down + c * right.
  const quarter = [
    { start: 0, down: side, right: 1 },
    { start: last, down: -1, right: side },
    { start: last * side + last, down: -side, right: -1 },
    { start: last * side, down: 1, right: -side },
  ][turns]
  const start = quarter.start + (mirrored ? last * quarter.right : 0)
  const right = mirrored ? -quarter.right : quarter.right
  let at = 0
  for (let row = 0; row < side; row++) {
    let from = (start + row * quarter.down) * 3
    for (let column = 0; column < side; column++) {
      target[at] = source[from]
      target[at + 1] = source[from + 1]
      target[at + 2] = source[from + 2]
      at += 3
      from += right * 3
    }
  }
}

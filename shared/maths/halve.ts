/** Half size (rounded up): means of 2x2 pixels, the last row and column repeated where odd. */
export function halvedPlane(plane: Float32Array, width: number, height: number): Float32Array {
  const halfWidth = (width + 1) >> 1
  const halfHeight = (height + 1) >> 1
  const output = new Float32Array(halfWidth * halfHeight)
  for (let y = 0, i = 0; y < halfHeight; y++) {
    const upper = 2 * y * width
    const lower = Math.min(2 * y + 1, height - 1) * width
    for (let x = 0; x < halfWidth; x++, i++) {
      const left = 2 * x
      const right = Math.min(left + 1, width - 1)
      output[i] =
        (plane[upper + left] + plane[upper + right] + plane[lower + left] + plane[lower + right]) / 4
    }
  }
  return output
}

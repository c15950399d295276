/** A mask as it is shown: so many pixels on its longest side are enough. */
export const shownSide = 2048

/** The shown size of a picture. */
export function shownSize(width: number, height: number): { width: number; height: number; scale: number } {
  const scale = Math.min(1, shownSide / Math.max(width, height))
  return { width: Math.ceil(width * scale), height: Math.ceil(height * scale), scale }
}

/** Marked pixels in a colour (red, green, blue, opacity; 0 to 255), the others clear; thin lines stay. */
export function maskImage(
  mask: Uint8Array,
  width: number,
  height: number,
  colour: readonly [number, number, number, number],
): ImageData {
  const shown = shownSize(width, height)
  const image = new ImageData(shown.width, shown.height)
  const words = new Uint32Array(image.data.buffer)
  const [word] = new Uint32Array(Uint8Array.from(colour).buffer)
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) {
    const y = Math.floor(at / width)
    words[Math.floor(y * shown.scale) * shown.width + Math.floor((at - y * width) * shown.scale)] = word
  }
  return image
}

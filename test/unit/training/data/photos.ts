import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

/** A new empty folder outside the checkout. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hourglass-data-'))
}

/** A lossless photo whose pixel at (x, y) is [x mod 256, y mod 256, tag]: a crop tells where it was cut. */
export async function writePositions(
  path: string,
  width: number,
  height: number,
  tag: number,
): Promise<string> {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) pixels.set([x & 255, y & 255, tag], at)
  }
  mkdirSync(dirname(path), { recursive: true })
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(path)
  return path
}

/** A JPEG whose header is whole and whose pixels end early. */
export async function writeTruncated(path: string, width: number, height: number): Promise<string> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  await sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .jpeg()
    .toFile(path)
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.subarray(0, bytes.length >> 1))
  return path
}

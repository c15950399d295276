import { readFileSync } from 'node:fs'
import type { FloatImage } from '../../../shared/image.ts'

/** Values from other implementations, made by scripts/goldens/shared.py. */
const folder = new URL('../../golden/shared/', import.meta.url)

// biome-ignore lint/suspicious/noExplicitAny: the shape of a golden file is its maker's business
export function golden(name: string): any {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
}

/** Raw 8-bit pixels as an image. */
export function goldenImage(name: string, width: number, height: number, channels: 1 | 3): FloatImage {
  const bytes = readFileSync(new URL(`${name}.bin`, folder))
  if (bytes.length !== width * height * channels) throw new Error(`${name}.bin has ${bytes.length} bytes`)
  return { width, height, channels, data: Float32Array.from(bytes, (byte) => byte / 255) }
}

/** The pieces of photos in the golden folder. */
export const smallPhoto = () => goldenImage('91x67', 91, 67, 3)
export const largePhoto = () => goldenImage('177x163', 177, 163, 3)

/** Each 8-bit value moved by -20 to 20, clipped: the golden script's `disturbed`. */
export function disturbed(image: FloatImage): FloatImage {
  const move = (value: number, i: number) => Math.round(value * 255) + ((i * 7919) % 41) - 20
  return { ...image, data: image.data.map((value, i) => Math.min(255, Math.max(0, move(value, i))) / 255) }
}

export function greenOf({ width, height, data }: FloatImage): FloatImage {
  return {
    width,
    height,
    channels: 1,
    data: Float32Array.from({ length: width * height }, (_, i) => data[3 * i + 1]),
  }
}

/** One value everywhere. */
export function plain(width: number, height: number, channels: 1 | 3, value: number): FloatImage {
  return { width, height, channels, data: new Float32Array(width * height * channels).fill(value) }
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i])
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}

/** Mean and standard deviation. */
export function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i++) sum += values[i]
  const mean = sum / values.length
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / values.length) }
}

import { forwardDct8, inverseDct8 } from '../maths/dct.ts'

/** The example tables of ITU-T T.81, Annex K, in rows; libjpeg's and nearly every encoder's. */
const lumaTable = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]
const chromaTable = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
]

/** Quantiser steps of a quality from 1 to 100 as libjpeg scales them (jpeg_quality_scaling, baseline). */
export function quantiserSteps(kind: 'luma' | 'chroma', quality: number): number[] {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2
  const table = kind === 'luma' ? lumaTable : chromaTable
  return table.map((entry) => Math.min(255, Math.max(1, Math.floor((entry * percent + 50) / 100))))
}

/**
 * What a plane looks like after 8x8 DCT, quantisation and back.
 * @param plane height * width values centred on 0, in levels of 255; the border blocks repeat the last pixels
 * @param steps 64 quantiser steps, in rows
 */
export function quantisedPlane(
  plane: Float32Array,
  width: number,
  height: number,
  steps: number[],
): Float32Array {
  const output = new Float32Array(plane.length)
  const block = new Float64Array(64)
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(top + (i >> 3), height - 1)
        const x = Math.min(left + (i & 7), width - 1)
        block[i] = plane[y * width + x]
      }
      forwardDct8(block)
      for (let i = 0; i < 64; i++) {
        const magnitude = Math.floor(Math.abs(block[i]) / steps[i] + 0.5) * steps[i]
        block[i] = block[i] < 0 ? -magnitude : magnitude
      }
      inverseDct8(block)
      const bottom = Math.min(8, height - top)
      const right = Math.min(8, width - left)
      for (let y = 0; y < bottom; y++) {
        for (let x = 0; x < right; x++) output[(top + y) * width + left + x] = block[y * 8 + x]
      }
    }
  }
  return output
}

/** Back to full size with the triangle filter of libjpeg's "fancy upsampling": 3/4 the nearer, 1/4 the farther. */
export function doubledPlane(half: Float32Array, width: number, height: number): Float32Array {
  const halfWidth = (width + 1) >> 1
  const halfHeight = (height + 1) >> 1
  const output = new Float32Array(width * height)
  const mixed = new Float64Array(halfWidth)
  for (let y = 0; y < height; y++) {
    const near = y >> 1
    const far = Math.min(Math.max(y & 1 ? near + 1 : near - 1, 0), halfHeight - 1)
    for (let x = 0; x < halfWidth; x++) {
      mixed[x] = 0.75 * half[near * halfWidth + x] + 0.25 * half[far * halfWidth + x]
    }
    for (let x = 0; x < width; x++) {
      const beside = Math.min(Math.max(x & 1 ? (x >> 1) + 1 : (x >> 1) - 1, 0), halfWidth - 1)
      output[y * width + x] = 0.75 * mixed[x >> 1] + 0.25 * mixed[beside]
    }
  }
  return output
}

import { describe, expect, it } from 'vitest'
import { blendDenoised, wholeBlend } from '../../../../shared/blend/blend.ts'
import { detailHalo, lostDetail } from '../../../../shared/blend/lost-detail.ts'
import type { FloatImage } from '../../../../shared/image.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'

const flat = (width: number, height: number, channels: 1 | 3 = 3): FloatImage => ({
  ...{ width, height, channels },
  data: new Float32Array(width * height * channels).fill(0.5),
})
const noisy = (image: FloatImage) =>
  addNoise(image, { model: 'gaussian', seed: 5, parameters: { sigma255: 20 } })

describe('blendDenoised', () => {
  it('gives the clean picture whole, and the original at strength 0', () => {
    const clean = flat(24, 16)
    const original = noisy(clean)
    const whole = blendDenoised(original, clean, wholeBlend)
    for (const [i, value] of whole.data.entries()) expect(value).toBeCloseTo(clean.data[i], 6)
    expect(blendDenoised(original, clean, { ...wholeBlend, strength: 0 }).data).toEqual(original.data)
  })

  it('takes colour noise alone: the luminance stays the original`s', () => {
    const clean = flat(24, 16)
    const original = noisy(clean)
    const { data } = blendDenoised(original, clean, { ...wholeBlend, luminance: 0 })
    for (let i = 0; i < data.length; i += 3) {
      const luma = (of: Float32Array) => 0.299 * of[i] + 0.587 * of[i + 1] + 0.114 * of[i + 2]
      expect(luma(data)).toBeCloseTo(luma(original.data), 5)
      expect(data[i] - luma(data)).toBeCloseTo(0, 5)
    }
  })

  it('works on grey pictures', () => {
    const clean = flat(24, 16, 1)
    const original = noisy(clean)
    const half = blendDenoised(original, clean, { ...wholeBlend, strength: 0.5 })
    expect(half.data[7]).toBeCloseTo((original.data[7] + clean.data[7]) / 2, 6)
  })

  it('refuses pictures of two shapes', () => {
    expect(() => blendDenoised(flat(4, 4), flat(4, 5), wholeBlend)).toThrow(/one shape/)
  })
})

describe('lostDetail', () => {
  const sigma = 20 / 255

  it('finds next to nothing in noise, and the edge that a denoiser rubbed out', () => {
    const clean = flat(64, 64)
    const original = noisy(clean)
    const deviation = (values: Float32Array) =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    expect(deviation(lostDetail(original, clean, sigma))).toBeLessThan(0.1 * sigma)
    const line = { ...original, data: original.data.slice() }
    for (let i = (64 * 20 + 10) * 3; i < (64 * 20 + 50) * 3; i++) line.data[i] += 0.5
    const lost = lostDetail(line, clean, sigma)
    expect(lost[64 * 20 + 30]).toBeGreaterThan(0.2)
    const back = blendDenoised(line, clean, { ...wholeBlend, detail: 1 }, lost)
    expect(back.data[(64 * 20 + 30) * 3]).toBeGreaterThan(0.7)
  })

  it('depends on no more than its halo around a pixel', () => {
    const clean = flat(80, 80)
    const original = noisy(clean)
    const lost = lostDetail(original, clean, sigma)
    const side = 80 - 2 * 20
    const cut = (image: FloatImage, border: number): FloatImage => {
      const size = side + 2 * border
      const data = new Float32Array(size * size * 3)
      for (let y = 0; y < size; y++) {
        const from = ((20 - border + y) * 80 + 20 - border) * 3
        data.set(image.data.subarray(from, from + size * 3), y * size * 3)
      }
      return { width: size, height: size, channels: 3, data }
    }
    const piece = lostDetail(cut(original, detailHalo), cut(clean, detailHalo), sigma)
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const inPiece = piece[(y + detailHalo) * (side + 2 * detailHalo) + x + detailHalo]
        expect(Math.abs(inPiece - lost[(y + 20) * 80 + x + 20])).toBeLessThan(1e-6)
      }
    }
  })
})

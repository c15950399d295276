import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'
import { defineNoise } from './model.ts'

/** What no file can hold is lost: values limited to [0, 1]. A step of its own; noise itself never clips. */
export function clip(image: FloatImage): FloatImage {
  return { ...image, data: image.data.map((value) => (value < 0 ? 0 : value > 1 ? 1 : value)) }
}

/**
 * Rounds to multiples of 1 / (2^bits - 1), halves upward. Does not clip: what lies outside [0, 1] is rounded to
 * the same grid, continued.
 * @param bits whole, 1 to 16. @throws AppError bad-input
 */
export function quantise(image: FloatImage, bits: number): FloatImage {
  if (!Number.isInteger(bits) || bits < 1 || bits > 16) {
    throw new AppError('bad-input', `bits must be a whole number from 1 to 16, got ${bits}`)
  }
  const levels = 2 ** bits - 1
  return { ...image, data: image.data.map((value) => Math.floor(value * levels + 0.5) / levels) }
}

export const quantisation = defineNoise({
  id: 'quantise',
  title: 'Quantisation',
  description: 'Few levels: values rounded to n bits, which shows as bands in skies.',
  parameters: [
    {
      kind: 'number',
      name: 'bits',
      title: 'Bits',
      unit: 'bits a channel',
      min: 1,
      max: 16,
      step: 1,
      default: 4,
      whole: true,
    },
  ],
  add: (image, { bits }) => quantise(image, bits),
})

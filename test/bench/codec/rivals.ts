import sharp from 'sharp'
import type { BenchCodec, Picture } from './types.ts'

const raw = ({ width, height, pixels }: Picture) => sharp(pixels, { raw: { width, height, channels: 3 } })
const estimatedBits = null
const decode = async (bytes: Uint8Array) => new Uint8Array(await sharp(bytes).raw().toBuffer())

/**
 * sharp's WebP as it comes (effort 4, 4:2:0), and its AVIF at effort 4 (4:4:4) with `tune: 'psnr'`: sharp's default
 * tuning is for the eye and takes 9 % more bits at the same PSNR.
 */
export const rivals: readonly BenchCodec[] = [
  {
    ...{ id: 'webp', label: 'sharp WebP', decode },
    qualities: [5, 10, 20, 40, 60, 75, 82, 90, 95],
    encode: async (picture, quality) => ({
      bytes: await raw(picture).webp({ quality }).toBuffer(),
      estimatedBits,
    }),
  },
  {
    ...{ id: 'avif', label: 'sharp AVIF effort 4, tune psnr', decode },
    qualities: [20, 30, 40, 50, 60, 70, 80, 88],
    encode: async (picture, quality) => ({
      bytes: await raw(picture).avif({ quality, effort: 4, tune: 'psnr' }).toBuffer(),
      estimatedBits,
    }),
  },
]

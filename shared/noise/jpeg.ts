import type { FloatImage } from '../image.ts'
import { halvedPlane } from '../maths/halve.ts'
import { imageFromPlanes } from '../maths/planes.ts'
import { doubledPlane, quantisedPlane, quantiserSteps } from './jpeg-plane.ts'
import { defineNoise } from './model.ts'

/**
 * The lossy part of baseline JPEG (ITU-T T.81, JFIF colours): YCbCr, chroma halved (4:2:0) or not (4:4:4), 8x8 DCT,
 * quantisation, and back. Entropy coding loses nothing and is left out. Neither the input nor the result is
 * clipped or rounded; a file's pixels come from clip and 8-bit quantise before and after.
 */
export const jpeg = defineNoise({
  id: 'jpeg',
  title: 'JPEG',
  description: 'What JPEG compression takes away: blocks and ringing. The seed has no effect.',
  parameters: [
    {
      kind: 'number',
      name: 'quality',
      title: 'Quality',
      unit: '',
      min: 1,
      max: 100,
      step: 1,
      default: 50,
      whole: true,
    },
    {
      kind: 'choice',
      name: 'subsampling',
      title: 'Chroma',
      choices: [
        { value: '4:2:0', title: 'Half size (4:2:0)' },
        { value: '4:4:4', title: 'Full size (4:4:4)' },
      ],
      default: '4:2:0',
    },
  ],
  add(image, { quality, subsampling }) {
    const { width, height } = image
    const lumaSteps = quantiserSteps('luma', quality)
    const chromaSteps = quantiserSteps('chroma', quality)
    if (image.channels === 1) {
      const grey = image.data.map((value) => value * 255 - 128)
      const coded = quantisedPlane(grey, width, height, lumaSteps)
      return { ...image, data: coded.map((value) => (value + 128) / 255) }
    }
    const [luma, ...chroma] = toYCbCr(image)
    const codedChroma = chroma.map((plane) => {
      if (subsampling === '4:4:4') return quantisedPlane(plane, width, height, chromaSteps)
      const half = halvedPlane(plane, width, height)
      const coded = quantisedPlane(half, (width + 1) >> 1, (height + 1) >> 1, chromaSteps)
      return doubledPlane(coded, width, height)
    })
    return fromYCbCr(width, height, [quantisedPlane(luma, width, height, lumaSteps), ...codedChroma])
  },
})

/** RGB in [0, 1] to Y - 128, Cb, Cr in levels of 255, chroma centred on 0 (BT.601, full range). */
function toYCbCr(image: FloatImage): Float32Array[] {
  const count = image.width * image.height
  const [luma, blue, red] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)]
  for (let i = 0, j = 0; i < count; i++, j += 3) {
    const r = image.data[j] * 255
    const g = image.data[j + 1] * 255
    const b = image.data[j + 2] * 255
    luma[i] = 0.299 * r + 0.587 * g + 0.114 * b - 128
    blue[i] = -0.168735892 * r - 0.331264108 * g + 0.5 * b
    red[i] = 0.5 * r - 0.418687589 * g - 0.081312411 * b
  }
  return [luma, blue, red]
}

function fromYCbCr(width: number, height: number, [luma, blue, red]: Float32Array[]): FloatImage {
  const planes = [luma, blue, red].map((plane) => new Float32Array(plane.length))
  for (let i = 0; i < luma.length; i++) {
    const y = luma[i] + 128
    planes[0][i] = (y + 1.402 * red[i]) / 255
    planes[1][i] = (y - 0.344136286 * blue[i] - 0.714136286 * red[i]) / 255
    planes[2][i] = (y + 1.772 * blue[i]) / 255
  }
  return imageFromPlanes(width, height, planes)
}

import { blurredPlane } from './fields.ts'
import { defineNoise } from './model.ts'
import { blurRadiusOf, sigma255Of } from './parameters.ts'

/** Noise in Cb and Cr only (BT.601, full range): colour blotches whose luma is zero. */
export const chroma = defineNoise({
  id: 'chroma',
  title: 'Chroma',
  description: 'Soft colour blotches at constant luma; strength is the deviation of Cb and Cr.',
  parameters: [sigma255Of({ default: 15 }), blurRadiusOf(2)],
  colourOnly: true,
  add(image, { sigma255, blurRadius }, random) {
    const { width, height } = image
    const blue = blurredPlane(width, height, blurRadius, random)
    const red = blurredPlane(width, height, blurRadius, random)
    const scale = sigma255 / 255
    const data = new Float32Array(image.data.length)
    for (let i = 0, j = 0; i < blue.length; i++, j += 3) {
      const cb = scale * blue[i]
      const cr = scale * red[i]
      data[j] = image.data[j] + 1.402 * cr
      data[j + 1] = image.data[j + 1] - 0.344136 * cb - 0.714136 * cr
      data[j + 2] = image.data[j + 2] + 1.772 * cb
    }
    return { ...image, data }
  },
})

import type { FloatImage } from '../image.ts'
import { halvedPlane } from '../maths/halve.ts'
import { channelPlane } from '../maths/planes.ts'
import { checkLeastSide, checkSameShape } from './same-shape.ts'
import { planeSimilarity, ssimLeastSide } from './ssim.ts'

/** Exponents of the five scales, finest first (Wang, Simoncelli, Bovik, 2003). */
const exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

/** The smallest side with which the coarsest of five scales still holds one window. */
export const msSsimLeastSide = (ssimLeastSide - 1) * 2 ** (exponents.length - 1) + 1

/**
 * Multi-scale structural similarity (Wang, Simoncelli, Bovik, 2003), 0 to 1: five scales, each half of the one
 * before by means of 2x2 pixels (the last row or column repeated where odd), SSIM's window at each. For each RGB
 * channel as it is, sRGB-encoded; then the mean over channels. A negative factor counts as 0. As
 * TensorFlow's `tf.image.ssim_multiscale` with max_val 1.
 * @throws AppError bad-input for different shapes, or a side under 161 pixels
 */
export function msSsim(a: FloatImage, b: FloatImage): number {
  checkSameShape('MS-SSIM', a, b)
  checkLeastSide('MS-SSIM', a, msSsimLeastSide)
  let sum = 0
  for (let channel = 0; channel < a.channels; channel++) {
    sum += planeMsSsim(channelPlane(a, channel), channelPlane(b, channel), a.width, a.height)
  }
  return sum / a.channels
}

function planeMsSsim(a: Float32Array, b: Float32Array, width: number, height: number): number {
  let product = 1
  for (let scale = 0; scale < exponents.length; scale++) {
    const { similarity, contrastStructure } = planeSimilarity(a, b, width, height)
    const factor = scale === exponents.length - 1 ? similarity : contrastStructure
    product *= Math.max(0, factor) ** exponents[scale]
    a = halvedPlane(a, width, height)
    b = halvedPlane(b, width, height)
    width = (width + 1) >> 1
    height = (height + 1) >> 1
  }
  return product
}

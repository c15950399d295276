import type { FloatImage } from '../../image.ts'
import { keptAt, keptDeviation } from './clipped-normal.ts'
import {
  deviationPerMagnitude,
  isClipped,
  laplacianDifference,
  mostSamples,
  neighbourhoodMean,
} from './neighbourhood.ts'

/** Where clipping left less than this share of the noise, nothing can be told. */
const leastKept = 0.6

/**
 * Noise level of a colour image whose channels have independent noise of one strength: Immerkaer's filter on the
 * two colour differences R - B and R - 2G + B, where white noise is as strong as in RGB and the detail of photos
 * nearly cancels. Where noise was clipped to [0, 1], its loss is undone by the moments of the clipped normal
 * distribution at each pixel's local mean. Noise that is the same in all channels reads 0.
 * @param image 3 channels, at least 3x3 pixels
 * @returns standard deviation in levels of 255; NaN where every pixel is saturated
 */
export function opponentSigma255(image: FloatImage): number {
  const samples = takeSamples(image)
  let sigma = averageSigma(samples, undefined)
  if (!isClipped(image.data)) return 255 * sigma
  for (let turn = 0; turn < 10; turn++) {
    const next = averageSigma(samples, keptDeviation(sigma))
    if (Math.abs(next - sigma) < 2e-5) return 255 * next
    sigma = next
  }
  return 255 * sigma
}

interface Samples {
  /** Magnitude of the filter on R - B and on R - 2G + B, n values each. */
  redBlue: Float32Array
  redGreenBlue: Float32Array
  /** Local means of the channels, 3 n values. */
  means: Float32Array
}

function takeSamples({ width, height, data }: FloatImage): Samples {
  const across = width - 2
  const step = Math.max(1, Math.ceil((across * (height - 2)) / mostSamples))
  const count = across * Math.ceil((height - 2) / step)
  const [redBlue, redGreenBlue] = [new Float32Array(count), new Float32Array(count)]
  const means = new Float32Array(3 * count)
  const down = 3 * width
  for (let y = 1, n = 0; y < height - 1; y += step) {
    for (let x = 1; x < width - 1; x++, n++) {
      const at = y * down + 3 * x
      const red = laplacianDifference(data, at, 3, down)
      const green = laplacianDifference(data, at + 1, 3, down)
      const blue = laplacianDifference(data, at + 2, 3, down)
      redBlue[n] = Math.abs(red - blue)
      redGreenBlue[n] = Math.abs(red - 2 * green + blue)
      for (let c = 0; c < 3; c++) means[3 * n + c] = neighbourhoodMean(data, at + c, 3, down)
    }
  }
  return { redBlue, redGreenBlue, means }
}

/** Deviation in levels of 1, where noise of deviation 1 has shrunk to `kept` at each mean. */
function averageSigma({ redBlue, redGreenBlue, means }: Samples, kept: Float64Array | undefined): number {
  let magnitude = 0
  let expected = 0
  for (let n = 0; n < redBlue.length; n++) {
    const red = kept ? keptAt(kept, means[3 * n]) : 1
    const green = kept ? keptAt(kept, means[3 * n + 1]) : 1
    const blue = kept ? keptAt(kept, means[3 * n + 2]) : 1
    if (red < leastKept || blue < leastKept) continue
    const outer = red * red + blue * blue
    magnitude += redBlue[n]
    expected += Math.sqrt(outer)
    if (green < leastKept) continue
    magnitude += redGreenBlue[n]
    expected += Math.sqrt(outer + 4 * green * green)
  }
  return (deviationPerMagnitude * magnitude) / expected
}

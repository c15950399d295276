import { medianInPlace } from '../../maths/order.ts'

/** High-pass of Daubechies' wavelet of two vanishing moments (db2), as PyWavelets stores it (dec_hi). */
const highPass = [-0.48296291314469025, 0.836516303737469, -0.22414386804185735, -0.12940952255092145]
/** The 3/4 quantile of the standard normal: its median magnitude. */
const normalMedian = 0.6744897501960817

/**
 * Noise level of a plane (Donoho and Johnstone, 1994): median magnitude of the finest diagonal wavelet band, zeros
 * left out, over 0.6745. As scikit-image's `estimate_sigma`. Blind to noise that is correlated between neighbours;
 * reads too much where fine texture covers more than a small part of the picture.
 * @param plane height * width values, white 1
 * @returns standard deviation in levels of 255; 0 for a plane without fine detail
 */
export function waveletMadSigma255(plane: Float32Array, width: number, height: number): number {
  const bandWidth = (width + 3) >> 1
  const bandHeight = (height + 3) >> 1
  const columns = Int32Array.from({ length: 4 * bandWidth }, (_, i) =>
    mirrored(2 * (i >> 2) + 1 - (i & 3), width),
  )
  const magnitudes = new Float64Array(bandWidth * bandHeight)
  const mixed = new Float64Array(width)
  const [h0, h1, h2, h3] = highPass
  let count = 0
  for (let y = 0; y < bandHeight; y++) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) => mirrored(2 * y + 1 - k, height) * width)
    for (let x = 0; x < width; x++) {
      mixed[x] = h0 * plane[r0 + x] + h1 * plane[r1 + x] + h2 * plane[r2 + x] + h3 * plane[r3 + x]
    }
    for (let i = 0; i < columns.length; i += 4) {
      const detail =
        h0 * mixed[columns[i]] +
        h1 * mixed[columns[i + 1]] +
        h2 * mixed[columns[i + 2]] +
        h3 * mixed[columns[i + 3]]
      if (detail !== 0) magnitudes[count++] = Math.abs(detail)
    }
  }
  if (count === 0) return 0
  return (255 * medianInPlace(magnitudes.subarray(0, count))) / normalMedian
}

/** Index into a row continued by mirroring, the outermost pixel repeated. */
function mirrored(index: number, size: number): number {
  const period = 2 * size
  const rest = ((index % period) + period) % period
  return rest < size ? rest : period - 1 - rest
}

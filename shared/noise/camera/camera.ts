import { decodeSrgb, encodeSrgb } from '../../maths/srgb.ts'
import type { Random } from '../../random.ts'
import { fromTone, toneCurve } from './tone.ts'

/** A way from sensor values to a picture: white balance, colour matrix, sRGB curve, tone curve. */
export interface Camera {
  /** What red, green and blue sensor values are multiplied by. */
  readonly gains: readonly [number, number, number]
  /** From balanced sensor values to linear sRGB: 3x3, row by row; each row sums to 1. */
  readonly toSrgb: readonly number[]
  /** Share of the S-shaped tone curve 3x^2 - 2x^3 in the last step, 0 to 1. */
  readonly toneShare: number
}

/** From XYZ to the sensors of four cameras, as Brooks et al. took them from the Darmstadt Noise Dataset. */
const xyzToSensors = [
  [1.0234, -0.2969, -0.2266, -0.5625, 1.6328, -0.0469, -0.0703, 0.2188, 0.6406],
  [0.4913, -0.0541, -0.0202, -0.613, 1.3513, 0.2906, -0.1564, 0.2151, 0.7183],
  [0.838, -0.263, -0.0639, -0.2887, 1.0725, 0.2496, -0.0627, 0.1427, 0.5438],
  [0.6596, -0.2079, -0.0562, -0.4782, 1.3016, 0.1933, -0.097, 0.1581, 0.5181],
]
const srgbToXyz = [
  0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041,
]

/**
 * A camera drawn as by Brooks et al., "Unprocessing images for learned raw denoising" (CVPR 2019): a random mean of four
 * colour matrices, random white balance and exposure; the tone curve at a random share.
 */
export function drawCamera(random: Random): Camera {
  const weights = xyzToSensors.map(() => random.uniform())
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const sensor = xyzToSensors[0].map((_, i) =>
    xyzToSensors.reduce((sum, matrix, k) => sum + (weights[k] / total) * matrix[i], 0),
  )
  const exposure = 1 / Math.max(0.5, 0.8 + 0.1 * random.normal())
  const gains = [random.between(1.9, 2.4) * exposure, exposure, random.between(1.5, 1.9) * exposure] as const
  return { gains, toSrgb: inverse(rowsToOne(product(sensor, srgbToXyz))), toneShare: random.uniform() }
}

/** Linear sRGB light of a picture's values (encoded, in [0, 1]), any shape. */
export function lightOf(values: Float32Array, { toneShare }: Camera): Float32Array {
  const untone = fromTone(toneShare)
  return values.map((value) => decodeSrgb(untone(value)))
}

/** The picture's values for linear sRGB light, limited to [0, 1] first, as a saturated sensor does. */
export function pictureOf(light: Float32Array, { toneShare }: Camera): Float32Array {
  return light.map((value) => toneCurve(encodeSrgb(Math.min(1, Math.max(0, value))), toneShare))
}

/** Sensor values, 0 or more, of linear sRGB light; height * width * 3 values each. */
export function sensorOf(light: Float32Array, { gains, toSrgb }: Camera): Float32Array {
  const m = inverse(toSrgb)
  const out = new Float32Array(light.length)
  for (let i = 0; i < light.length; i += 3) {
    for (let c = 0; c < 3; c++) {
      const value = m[3 * c] * light[i] + m[3 * c + 1] * light[i + 1] + m[3 * c + 2] * light[i + 2]
      out[i + c] = Math.max(0, value) / gains[c]
    }
  }
  return out
}

/** White balance and colour matrix in one: from sensor values to linear sRGB, 3x3, row by row. */
export function sensorToSrgb({ gains, toSrgb }: Camera): number[] {
  return toSrgb.map((value, i) => value * gains[i % 3])
}

function product(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3]
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
  })
}

function rowsToOne(m: readonly number[]): number[] {
  return m.map((value, i) => {
    const row = 3 * Math.floor(i / 3)
    return value / (m[row] + m[row + 1] + m[row + 2])
  })
}

function inverse(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ]
  const determinant = a * cofactors[0] + b * cofactors[3] + c * cofactors[6]
  return cofactors.map((value) => value / determinant)
}

import type { FloatImage } from '../image.ts'
import { pow } from './elementary.ts'

/*
 * The sRGB transfer curves (IEC 61966-2-1), continued below 0 by their linear toe and above 1 by the power, so
 * that noise outside [0, 1] survives the way to linear light and back. Inside [0, 1] they are read from tables
 * with linear interpolation, error below 1e-8, because a power costs ten times as much; the tables are made by
 * this folder's own power function, so that every engine holds the same ones.
 */

const tableSteps = 8192

function decodePower(value: number): number {
  return pow((value + 0.055) / 1.055, 2.4)
}

function encodePower(light: number): number {
  return 1.055 * pow(light, 1 / 2.4) - 0.055
}

// Only the power is tabulated: a table across the joint with the toe would round off its corner.
const decodeTable = Float64Array.from({ length: tableSteps + 2 }, (_, i) => decodePower(i / tableSteps))
// By the square root of the light, against which the curve is nearly straight.
const encodeTable = Float64Array.from({ length: tableSteps + 2 }, (_, i) =>
  encodePower((i / tableSteps) * (i / tableSteps)),
)

/** Linear light of an sRGB-encoded value. */
export function decodeSrgb(value: number): number {
  if (value <= 0.04045) return value / 12.92
  if (!(value <= 1)) return decodePower(value)
  const position = value * tableSteps
  const index = position | 0
  const left = decodeTable[index]
  return left + (position - index) * (decodeTable[index + 1] - left)
}

/** sRGB encoding of linear light. */
export function encodeSrgb(light: number): number {
  if (light <= 0.0031308) return light * 12.92
  if (!(light <= 1)) return encodePower(light)
  const position = Math.sqrt(light) * tableSteps
  const index = position | 0
  const left = encodeTable[index]
  return left + (position - index) * (encodeTable[index + 1] - left)
}

/** sRGB-encoded image to linear light, values decoded one by one. */
export function imageToLinear(image: FloatImage): FloatImage {
  return { ...image, data: image.data.map(decodeSrgb) }
}

/** Linear light to an sRGB-encoded image. */
export function imageFromLinear(image: FloatImage): FloatImage {
  return { ...image, data: image.data.map(encodeSrgb) }
}

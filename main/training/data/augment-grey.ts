import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'

/** How far an image is moved at most; each amount is drawn uniformly within plus and minus. */
export interface GreyAugmentation {
  readonly degrees: number
  /** 0.1: from 0.9 to 1.1 times the size */
  readonly scale: number
  /** Pixels, in each direction. */
  readonly shift: number
}

/** A little: a digit stays the digit it is. */
export const digitAugmentation: GreyAugmentation = { degrees: 12, scale: 0.1, shift: 2 }

/** Throws AppError `bad-input` for amounts below 0 or a scale of 1 or more. */
export function checkAugmentation({ degrees, scale, shift }: GreyAugmentation): void {
  if (degrees >= 0 && scale >= 0 && scale < 1 && shift >= 0 && degrees + shift < Infinity) return
  const expected = 'degrees and shift of at least 0 and a scale of at least 0 and below 1'
  throw new AppError('bad-input', `augmentation: expected ${expected}, got ${degrees}, ${shift} and ${scale}`)
}

/** As `augmentGrey`, of an image of any channels, all moved alike; the channels change last. */
export function augmentImage(
  source: Uint8Array,
  { rows, columns, channels }: { rows: number; columns: number; channels: number },
  amounts: GreyAugmentation,
  random: Random,
  target: Float32Array,
): void {
  if (channels === 1) {
    augmentGrey(source, rows, columns, amounts, random, target)
    return
  }
  const start = random.state()
  const plane = new Uint8Array(rows * columns)
  const moved = new Float32Array(rows * columns)
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < plane.length; i++) plane[i] = source[i * channels + channel]!
    augmentGrey(plane, rows, columns, amounts, channel === 0 ? random : Random.restore(start), moved)
    for (let i = 0; i < plane.length; i++) target[i * channels + channel] = moved[i]!
  }
}

/**
 * Turns, scales and shifts one grey image about its centre, with bilinear interpolation; black beyond its edges.
 * @param source rows * columns bytes
 * @param target rows * columns values in [0, 1]
 */
export function augmentGrey(
  source: Uint8Array,
  rows: number,
  columns: number,
  amounts: GreyAugmentation,
  random: Random,
  target: Float32Array,
): void {
  const angle = (random.between(-amounts.degrees, amounts.degrees) * Math.PI) / 180
  const size = 1 + random.between(-amounts.scale, amounts.scale)
  const shiftX = random.between(-amounts.shift, amounts.shift)
  const shiftY = random.between(-amounts.shift, amounts.shift)
  const cosine = Math.cos(angle) / size
  const sine = Math.sin(angle) / size
  const [middleX, middleY] = [(columns - 1) / 2, (rows - 1) / 2]
  const [framed, stride] = withFrame(source, rows, columns)
  // Each pixel of the target looks up where it came from: shifted back, turned back, scaled back.
  for (let row = 0, at = 0; row < rows; row++) {
    const dy = row - middleY - shiftY
    // One more than the place in the source: the frame is one pixel wide.
    const startX = middleX + 1 + sine * dy
    const startY = middleY + 1 + cosine * dy
    for (let column = 0; column < columns; column++, at++) {
      const dx = column - middleX - shiftX
      const x = startX + cosine * dx
      const y = startY - sine * dx
      if (x <= 0 || y <= 0 || x >= columns + 1 || y >= rows + 1) {
        target[at] = 0
        continue
      }
      const left = x | 0
      const top = y | 0
      const right = x - left
      const from = top * stride + left
      const upper = framed[from] + right * (framed[from + 1] - framed[from])
      const lower = framed[from + stride] + right * (framed[from + stride + 1] - framed[from + stride])
      target[at] = upper + (y - top) * (lower - upper)
    }
  }
}

/** The image in [0, 1] with a black frame, so that bilinear interpolation at the edges needs no exception. */
function withFrame(
  source: Uint8Array,
  rows: number,
  columns: number,
): [framed: Float32Array, stride: number] {
  const stride = columns + 2
  const framed = new Float32Array(stride * (rows + 2))
  for (let row = 0, from = 0; row < rows; row++) {
    let at = (row + 1) * stride + 1
    for (let column = 0; column < columns; column++) framed[at++] = source[from++] / 255
  }
  return [framed, stride]
}

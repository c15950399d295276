import type { Random } from '../../../../shared/random.ts'

/** The crops of one batch, in RGB, 8 bits. */
export interface Crops {
  readonly count: number
  /** Width and height of each. */
  readonly side: number
  /** count * side * side * 3 bytes */
  readonly pixels: Uint8Array
  /** The random numbers of one sample: its own stream at each step. */
  random(index: number): Random
}

/**
 * What is made of crops before the engine sees them: a pure function, run in the threads that decode, so that it
 * costs the engine nothing. Parameters are plain data; each has a default.
 */
export interface Recipe<Parameters extends object, Arrays extends Readonly<Record<string, Float32Array>>> {
  readonly defaults: Parameters
  /** Throws AppError `bad-input` for parameters out of range. */
  check(parameters: Parameters): void
  make(crops: Crops, parameters: Parameters): Arrays
}

const asFloat = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/** 8 bits as float32 in [0, 1]. */
export function toFloats(pixels: Uint8Array): Float32Array {
  const floats = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i++) floats[i] = asFloat[pixels[i]]
  return floats
}

import { newSamples, type Samples } from './raster.ts'

/** Values clipped to [0, 1] and rounded to the nearest of the depth; NaN becomes 0. */
export function toSamples(values: Float32Array, depth: 8 | 16): Samples {
  const samples = newSamples(values.length, depth)
  const max = depth === 8 ? 255 : 65535
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    samples[i] = value >= 1 ? max : value > 0 ? value * max + 0.5 : 0
  }
  return samples
}

/** Samples as floats in [0, 1], of which `toSamples` makes the same samples again; floats as they are. */
export function toFloats(samples: Samples | Float32Array): Float32Array {
  if (samples instanceof Float32Array) return samples
  const scale = samples instanceof Uint8Array ? 1 / 255 : 1 / 65535
  const values = new Float32Array(samples.length)
  for (let i = 0; i < samples.length; i++) values[i] = samples[i]! * scale
  return values
}

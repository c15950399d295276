import type { FloatImage } from '../../image.ts'
import type { Random } from '../../random.ts'
import { gaussian } from '../gaussian.ts'
import { poisson } from '../poisson.ts'
import { speckle } from '../speckle.ts'
import type { KnownNoise } from './camera-noise.ts'

/** Gaussian noise of a level up to the given one, of 255, four times in five; else photon or speckle noise. */
export function drawPlainNoise(clean: FloatImage, random: Random, sigmaMax255: number): KnownNoise {
  const kind = random.uniform()
  const level = random.uniform()
  const { data } = clean
  const each = (of: (mean: number) => number) =>
    Float32Array.from({ length: data.length / 3 }, (_, i) =>
      of((data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3),
    )
  if (kind < 0.8) {
    const sigma255 = level * sigmaMax255
    const channels = kind < 0.5 ? 'colour' : kind < 0.65 ? 'correlated' : 'grey'
    const noisy = gaussian.apply(clean, { sigma255, channels, correlation: random.uniform() }, random)
    return { clean, noisy, deviation: each(() => sigma255 / 255) }
  }
  if (kind < 0.9) {
    const peak = 10 ** (2 + 2 * level)
    return {
      ...{ clean, noisy: poisson.apply(clean, { peak }, random) },
      deviation: each((x) => Math.sqrt(x / peak)),
    }
  }
  const percent = 30 * level
  return {
    ...{ clean, noisy: speckle.apply(clean, { percent }, random) },
    deviation: each((x) => (x * percent) / 100),
  }
}

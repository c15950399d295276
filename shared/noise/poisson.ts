import { defineNoise } from './model.ts'

/** Poisson(x * peak) / peak: variance x / peak. Values below 0 count as 0. */
export const poisson = defineNoise({
  id: 'poisson',
  title: 'Poisson (photons)',
  description: 'Photon counting on the values as they are stored; white holds the peak number of photons.',
  parameters: [
    {
      kind: 'number',
      name: 'peak',
      title: 'Peak',
      unit: 'photons',
      min: 1,
      max: 1000000,
      step: 1,
      default: 100,
    },
  ],
  add(image, { peak }, random) {
    const data = new Float32Array(image.data.length)
    for (let i = 0; i < data.length; i++) data[i] = random.poisson(image.data[i] * peak) / peak
    return { ...image, data }
  },
})

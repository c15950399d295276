import { defineNoise } from './model.ts'

/** x + x * N(0, sigma^2): noise in proportion to the value, as in radar and ultrasound. */
export const speckle = defineNoise({
  id: 'speckle',
  title: 'Speckle',
  description: 'Multiplicative Gaussian noise: bright areas get more, black none.',
  parameters: [
    {
      kind: 'number',
      name: 'percent',
      title: 'Strength',
      unit: '% of the value',
      min: 0,
      max: 100,
      step: 1,
      default: 15,
    },
  ],
  add(image, { percent }, random) {
    const data = random.fillNormal(new Float32Array(image.data.length))
    for (let i = 0; i < data.length; i++) data[i] = image.data[i] * (1 + (percent / 100) * data[i])
    return { ...image, data }
  },
})

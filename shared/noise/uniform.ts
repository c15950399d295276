import { plusField } from './fields.ts'
import { defineNoise } from './model.ts'
import { sigma255Of } from './parameters.ts'

/** x + U(-a, a) with a = sigma * sqrt(3). */
export const uniform = defineNoise({
  id: 'uniform',
  title: 'Uniform',
  description: 'Additive noise, every value within its bounds equally likely; strength is the deviation.',
  parameters: [sigma255Of()],
  add(image, { sigma255 }, random) {
    const field = new Float32Array(image.data.length)
    for (let i = 0; i < field.length; i++) field[i] = random.uint32() / 4294967296 - 0.5
    return plusField(image, field, (sigma255 / 255) * Math.sqrt(12))
  },
})

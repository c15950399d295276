import { normalField, plusField } from './fields.ts'
import { defineNoise } from './model.ts'
import { channelsParameter, sigma255Of } from './parameters.ts'

/** x + N(0, sigma^2): what denoisers are measured on. */
export const gaussian = defineNoise({
  id: 'gaussian',
  title: 'Gaussian',
  description: 'Additive white Gaussian noise, the same strength everywhere.',
  parameters: [
    sigma255Of(),
    {
      ...channelsParameter,
      choices: [...channelsParameter.choices, { value: 'correlated', title: 'Correlated' }],
    },
    {
      kind: 'number',
      name: 'correlation',
      title: 'Correlation between channels (where correlated)',
      unit: '',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.5,
    },
  ],
  add(image, { sigma255, channels, correlation }, random) {
    const between = channels === 'grey' ? 1 : channels === 'colour' ? 0 : correlation
    return plusField(image, normalField(image, between, random), sigma255 / 255)
  },
})

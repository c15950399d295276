import { blurredPlane, plusPlanes } from './fields.ts'
import { defineNoise } from './model.ts'
import { blurRadiusOf, channelsParameter, sigma255Of } from './parameters.ts'

/** White Gaussian noise, blurred, brought back to its strength: coarse noise as camera files show it. */
export const correlated = defineNoise({
  id: 'correlated',
  title: 'Spatially correlated',
  description: 'Gaussian noise of coarse grains: blurred, then brought back to the wanted strength.',
  parameters: [sigma255Of(), blurRadiusOf(1), channelsParameter],
  add(image, { sigma255, blurRadius, channels }, random) {
    const { width, height } = image
    const count = channels === 'grey' ? 1 : image.channels
    const planes = Array.from({ length: count }, () => blurredPlane(width, height, blurRadius, random))
    return plusPlanes(image, planes, sigma255 / 255)
  },
})

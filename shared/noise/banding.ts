import { defineNoise } from './model.ts'
import { channelsParameter, sigma255Of } from './parameters.ts'

/** Every row, or column, is offset by one Gaussian number (for each channel its own, or the same). */
export const banding = defineNoise({
  id: 'banding',
  title: 'Banding',
  description: 'Rows or columns that are too bright or too dark, as from read-out electronics.',
  parameters: [
    sigma255Of({ default: 8 }),
    {
      kind: 'choice',
      name: 'axis',
      title: 'Along',
      choices: [
        { value: 'rows', title: 'Rows' },
        { value: 'columns', title: 'Columns' },
      ],
      default: 'rows',
    },
    channelsParameter,
  ],
  add(image, { sigma255, axis, channels: mode }, random) {
    const { width, height, channels } = image
    const lines = axis === 'rows' ? height : width
    const drawn = mode === 'grey' ? 1 : channels
    const offsets = random.fillNormal(new Float32Array(lines * drawn))
    const data = new Float32Array(image.data.length)
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const line = (axis === 'rows' ? y : x) * drawn
        for (let c = 0; c < channels; c++, i++) {
          data[i] = image.data[i] + (sigma255 / 255) * offsets[line + (drawn === 1 ? 0 : c)]
        }
      }
    }
    return { ...image, data }
  },
})

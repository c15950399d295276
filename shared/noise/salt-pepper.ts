import { defineNoise } from './model.ts'

/** Each pixel (or each channel of it) turns white or black with a given probability. */
export const saltPepper = defineNoise({
  id: 'salt-pepper',
  title: 'Salt and pepper',
  description: 'Pixels, or single channels of them, that turned white or black.',
  parameters: [
    {
      kind: 'number',
      name: 'density',
      title: 'Density',
      unit: '% of pixels',
      min: 0,
      max: 100,
      step: 0.1,
      default: 5,
    },
    { kind: 'number', name: 'salt', title: 'White share', unit: '%', min: 0, max: 100, step: 1, default: 50 },
    {
      kind: 'choice',
      name: 'per',
      title: 'Strikes',
      choices: [
        { value: 'pixel', title: 'Whole pixels' },
        { value: 'channel', title: 'Single channels' },
      ],
      default: 'pixel',
    },
  ],
  add(image, { density, salt, per }, random) {
    const data = image.data.slice()
    const span = per === 'pixel' ? image.channels : 1
    // One number decides both: below density * salt share white, below density black.
    const whiteBelow = (density / 100) * (salt / 100)
    const struckBelow = density / 100
    for (let i = 0; i < data.length; i += span) {
      const draw = random.uint32() / 4294967296
      if (draw < struckBelow) data.fill(draw < whiteBelow ? 1 : 0, i, i + span)
    }
    return { ...image, data }
  },
})

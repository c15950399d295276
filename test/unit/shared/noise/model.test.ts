import { expect, test } from 'vitest'
import { addNoise } from '../../../../shared/noise/add-noise.ts'
import { resolveParameters } from '../../../../shared/noise/model.ts'
import { noiseModels } from '../../../../shared/noise/models.ts'
import { plain } from '../golden.ts'

const grey = plain(8, 8, 1, 0.5)
const add = (model: string, parameters: Record<string, number | string>) =>
  addNoise(grey, { model, parameters, seed: 1 })

test('every model can build a form: titles, defaults within bounds, one line of description', () => {
  for (const [id, model] of noiseModels) {
    expect(id).toBe(model.id)
    expect(model.title.length).toBeGreaterThan(2)
    expect(model.description).toMatch(/^[^\n]{20,120}$/)
    const names = model.parameters.map((parameter) => parameter.name)
    expect(new Set(names).size).toBe(names.length)
    for (const parameter of model.parameters) {
      if (parameter.kind === 'choice') {
        expect(parameter.choices.map((choice) => choice.value)).toContain(parameter.default)
      } else {
        expect(parameter.default).toBeGreaterThanOrEqual(parameter.min)
        expect(parameter.default).toBeLessThanOrEqual(parameter.max)
        expect(parameter.step).toBeGreaterThan(0)
      }
    }
  }
})

test('text from a form or a terminal counts as a number; missing values take their defaults', () => {
  const { parameters } = noiseModels.get('gaussian')!
  expect(resolveParameters('gaussian', parameters, { sigma255: ' 12.5 ' })).toEqual({
    sigma255: 12.5,
    channels: 'colour',
    correlation: 0.5,
  })
})

test.each([
  ['gaussian', { sigma255: 101 }, 'gaussian.sigma255 must be a number from 0 to 100, got 101'],
  ['gaussian', { sigma255: NaN }, 'got NaN'],
  ['gaussian', { sigma255: 'much' }, 'got "much"'],
  ['gaussian', { sigma255: ' ' }, 'got " "'],
  ['gaussian', { channels: 'red' }, 'gaussian.channels must be one of colour, grey, correlated, got "red"'],
  [
    'gaussian',
    { sigma: 5 },
    'noise "gaussian" has no parameter "sigma"; it has: sigma255, channels, correlation',
  ],
  ['quantise', { bits: 2.5 }, 'quantise.bits must be a whole number from 1 to 16, got 2.5'],
  ['chroma', {}, 'noise "chroma" needs a colour image of 3 channels, got a grey one'],
  ['fog', {}, 'noise must be one of gaussian, iso'],
])('%s %j is refused', (model, parameters, message) => {
  expect(() => add(model, parameters)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  expect(() => add(model, parameters)).toThrow(message)
})

test('an image whose values do not fill it is refused', () => {
  expect(() => addNoise({ ...grey, width: 9 }, { model: 'gaussian', seed: 1 })).toThrow('9 x 8 x 1')
  expect(() => addNoise(plain(0, 4, 3, 0), { model: 'gaussian', seed: 1 })).toThrow('0 x 4 x 3')
})

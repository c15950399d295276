import { expect, test } from 'vitest'
import { denoiserOptions } from '../../../main/models/denoiser/options.ts'
import { parseSettings, runLength, trainingSettings } from '../../../main/training/settings.ts'

const schemas = { settings: trainingSettings, options: denoiserOptions }

test('settings go to the schema that knows their name, the rest takes its default', () => {
  const { settings, options } = parseSettings(schemas, {
    batch: 4,
    optimizer: 'sgd',
    widths: [8, 8],
    blocks: [1, 1],
  })
  expect(settings).toEqual(trainingSettings.parse({ batch: 4, optimizer: 'sgd' }))
  expect(options).toEqual({ widths: [8, 8], blocks: [1, 1] })
})

test.each([
  [{ learningrate: 1 }, /^no setting 'learningrate'; there are: .*learningRate/],
  [{ learningRate: -1 }, /^setting learningRate=-1: /],
  [{ optimizer: 'lion' }, /^setting optimizer="lion": .*muon/],
  [{ batch: 2.5 }, /^setting batch=2\.5: /],
  [{ averageDecay: 2 }, /^setting averageDecay=2: /],
  [{ widths: [8, 'x'] }, /widths.*\[8,"x"\]/],
  [{ widths: [8, 8] }, /^settings of options: as many widths as blocks/],
])('%j is refused by name', (given, message) => {
  expect(() => parseSettings({ ...schemas }, given)).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) }),
  )
})

test('a length is exactly one of steps, epochs and minutes', () => {
  expect(runLength.safeParse({ steps: 3 }).success).toBe(true)
  expect(runLength.safeParse({ epochs: 0.5 }).success).toBe(true)
  for (const wrong of [{}, { steps: 0 }, { steps: 1.5 }, { steps: 3, minutes: 1 }, { minutes: -1 }]) {
    expect(runLength.safeParse(wrong).success).toBe(false)
  }
})

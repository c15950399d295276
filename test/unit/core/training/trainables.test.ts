import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planRun } from '../../../../main/core/plan-run.ts'
import { trainables } from '../../../../main/core/training/trainables.ts'
import { writeBlots } from '../../training/blots.ts'

let folder: string
let blots: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-trainables-'))
  // Planning looks at names alone.
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, `${name}.jpg`), '')
  blots = await writeBlots(join(folder, 'blots'), 8)
})
afterAll(() => rm(folder, { recursive: true }))

test.for(trainables)(
  'what the form shows of $architecture is what a run is planned with',
  async (trainable) => {
    const { architecture, settings, takesPhotos } = trainable
    const plan = (given: Record<string, unknown>) =>
      planRun({
        ...{ architecture, images: [takesPhotos ? folder : blots], length: { epochs: 1 }, parent: null },
        ...{ id: 'x', licenceNote: '', given },
      })
    const known = settings.filter(({ name }) => name !== (takesPhotos ? 'trainingCount' : ''))
    const shown = Object.fromEntries(known.map((one) => [one.name, one.default]))
    expect(await plan(shown)).toEqual(await plan({}))
  },
)

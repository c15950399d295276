import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Model } from '../../../main/catalog/models.ts'
import type { Run } from '../../../main/catalog/runs.ts'
import { concludeRun } from '../../../main/core/conclude-run.ts'
import { type Core, openCore } from '../../../main/core/core.ts'
import type { EngineTasks } from '../../../main/core/engine-tasks.ts'
import type { TrainRequest } from '../../../main/core/train.ts'
import { measureSavings, readSavings } from '../../../main/core/training/measure-savings.ts'
import { Engine } from '../../../main/engine/host.ts'
import type { TrainOutput } from '../../../main/training/run.ts'
import { archiveSaving, isWorth } from '../../../shared/contract/savings.ts'

const samples = join(import.meta.dirname, '../../../assets/samples')
const learned = ['canyon', 'walrus'].map((name) => join(samples, `${name}.jpg`))

let folder: string
/** small, so that it is coded soon */
let heldOut: string
let core: Core
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-conclude-'))
  heldOut = join(folder, 'lake.jpg')
  await sharp(join(samples, 'lake.jpg'))
    .extract({ left: 100, top: 100, width: 192, height: 128 })
    .toFile(heldOut)
  const opened = await openCore({ data: folder, device: 'cpu' })
  const training = new Engine<EngineTasks>(join(import.meta.dirname, '../../fixtures/engine/block-codec.ts'))
  core = { ...opened, training }
})
afterAll(async () => {
  await core.training.close()
  await core.close()
  await rm(folder, { recursive: true })
})

const output: TrainOutput = {
  ...{ end: 'finished', step: 20, skipped: 0, elapsedMs: 90_000 },
  best: { step: 10, validationLoss: 0.25 },
}

async function codecIn(name: string): Promise<Model> {
  const place = join(folder, name)
  await mkdir(place)
  await writeFile(join(place, 'weights.safetensors'), 'w'.repeat(1234))
  const parts = { sha256: name.padEnd(64, '0'), task: 'compress' as const, architecture: 'codec' }
  return core.catalog.models.add({ id: name, folder: place, card: {}, isBundled: false, ...parts })
}

async function runOf(id: string, parentId: string, architecture: string) {
  const run: Run = core.catalog.runs.start({
    ...{ id, modelId: id, config: {}, seed: 0, folder: join(folder, 'runs', id) },
  })
  await mkdir(run.folder, { recursive: true })
  const task = { kind: 'compress', data: {}, training: learned, validation: [heldOut] }
  const config = { architecture, task } as unknown as TrainRequest['config']
  return { run, request: { id, parentId, config, dataNote: '', licenceNote: '' } }
}

test('where nothing that came after is better, the model that training began with stays', async () => {
  const { run, request } = await runOf('vain', 'denoiser', 'denoiser')
  const { model, verdict } = await concludeRun(
    core,
    run,
    request,
    { ...output, best: { step: 0, validationLoss: 1 } },
    {},
  )
  expect(model).toBe(null)
  expect(verdict).toContain('denoiser is better than all that came after, and stays')
  expect(core.catalog.models.byId('vain')).toBeUndefined()
})

test('bytes before and after at the same PSNR on held-out photos, and over the archive by its pixels', async () => {
  const [wasteful, thrifty] = [await codecIn('wasteful'), await codecIn('thrifty')]
  const savings = (await measureSavings(core, {
    ...{ parent: wasteful, model: thrifty, training: learned, heldOut: [heldOut, join(folder, 'gone.jpg')] },
  }))!
  expect(savings).toMatchObject({ photos: 1, quality: 60, modelBytes: 1234, archive: { photos: 4 } })
  expect(savings.after.psnrDb).toBeGreaterThanOrEqual(savings.before.psnrDb)
  expect(savings.after.psnrDb).toBeLessThan(savings.before.psnrDb + 0.1)
  // A fifth of the one is a sixth of the other; what else differs is how exactly the PSNR was met.
  expect(1 - savings.after.bytes / savings.before.bytes).toBeCloseTo(1 / 6, 1)
  expect(isWorth(savings)).toBe(true)
  const perPixel = (savings.before.bytes - savings.after.bytes) / savings.pixels
  expect(archiveSaving(savings)).toBeCloseTo(perPixel * savings.archive.pixels)
  // The mean of the three that can be read stands for the fourth, too.
  expect(savings.pixels).toBe(192 * 128)
  expect(savings.archive.pixels).toBeGreaterThan(savings.pixels * 4)
})

test('a codec whose files come out larger is not kept, and the run says so', async () => {
  core.catalog.models.remove('wasteful')
  await rm(join(folder, 'wasteful'), { recursive: true })
  const worse = await codecIn('wasteful')
  const { run, request } = await runOf(worse.id, 'codec', 'codec')
  const notes: string[] = []
  const { model, savings, verdict } = await concludeRun(core, run, request, output, {
    onNote: (text) => notes.push(text),
  })
  expect(model).toBe(null)
  expect(verdict).toMatch(/files take \d+ bytes in place of \d+; codec stays/)
  expect(await readSavings(run.folder)).toEqual(savings)
  expect(core.catalog.models.byId('wasteful')).toBeUndefined()
  expect(notes[0]).toContain('held-out photo 1 of 1')
})

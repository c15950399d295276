import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBlots } from './blots.ts'
import { openTerminal, samples, type Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await openTerminal()
})
afterAll(() => terminal.remove())

const sets = (settings: object) =>
  Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`])

async function sha256Of(model: string): Promise<string> {
  return JSON.parse(await readFile(join(terminal.data, 'models', model, 'card.json'), 'utf8')).weights.sha256
}

/** The same losses at the same steps, to the last bit, and the same weights. */
async function expectSameRun(run: string, whole: string, steps: number): Promise<void> {
  const expected = terminal.curves(whole)
  expect(expected['loss/training']!.map(({ step }) => step)).toEqual(
    Array.from({ length: steps }, (_, i) => i + 1),
  )
  expect(expected['loss/validation']!.length).toBeGreaterThan(2)
  expect(terminal.curves(run)).toEqual(expected)
  expect(await sha256Of(run)).toBe(await sha256Of(whole))
}

test('photos: killed twice with kill -9 and resumed, a run equals an uninterrupted one bit for bit', async () => {
  const start = (name: string) => [
    ...['train', '--images', samples, '--name', name, '--steps', '60'],
    ...sets({ widths: [8, 8], blocks: [1, 1], crop: 32, batch: 4, validationCrop: 64, validateEvery: 10 }),
    ...sets({ warmupSteps: 5, checkpointSeconds: 0.1 }),
  ]
  expect((await terminal.run(...start('photos'))).exitCode).toBe(0)

  // An exit code of null: the signal ended it, so it was not over.
  expect(await terminal.stopAt('SIGKILL', 'killed', 12, ...start('killed'))).toMatchObject({ exitCode: null })
  expect((await terminal.run('runs')).stdout).toMatch(/^killed +interrupted/m)
  // The catalog may not have heard of the last steps before a checkpoint; what it knows of later ones is void.
  terminal.forget('killed', 4)
  terminal.record('killed', 'psnr25_dB', 999, 99)
  const second = await terminal.stopAt('SIGKILL', 'killed', 36, 'train', '--resume', 'killed')
  expect(second.exitCode).toBe(null)
  const last = await terminal.run('train', '--resume', 'killed')
  expect(last.exitCode).toBe(0)
  const from = [second, last].map(({ stdout }) => Number(/Going on after step (\d+)/.exec(stdout)?.[1]))
  expect(from[0]).toBeGreaterThan(0)
  expect(from[1]).toBeGreaterThan(from[0]!)
  expect(last.stderr).not.toContain('differ')

  await expectSameRun('killed', 'photos', 60)
  expect((await readdir(join(terminal.data, 'runs/killed'))).filter((name) => /\.\d+$/.test(name))).toEqual(
    [],
  )
})

test('digits with dropout, noise and augmentation: stopped by Ctrl-C within a second, resumed bit for bit', async () => {
  const images = await writeBlots(join(terminal.data, 'digits-idx3-ubyte'), 120)
  const start = (name: string) => [
    ...['train', '--model', 'dense', '--images', images, '--name', name, '--steps', '500'],
    ...sets({
      trainingCount: 100,
      batch: 16,
      hidden: [32],
      code: 4,
      validateEvery: 50,
      checkpointSeconds: 0.1,
    }),
    ...sets({ dropout: 0.2, codeL1: 0.001, inputNoiseSigma255: 20, turnDegrees: 10, shiftPixels: 1 }),
  ]
  expect((await terminal.run(...start('digits'))).exitCode).toBe(0)

  const stopped = await terminal.stopAt('SIGINT', 'stopped', 60, ...start('stopped'))
  expect(stopped).toMatchObject({ exitCode: 130, stdout: expect.stringContaining('train --resume stopped') })
  expect(stopped.tookMs).toBeLessThan(1000)
  expect((await terminal.run('runs')).stdout).toMatch(/^stopped +interrupted/m)
  expect(await readdir(join(terminal.data, 'runs/stopped'))).toContain('best.safetensors')

  const end = await terminal.run('train', '--resume', 'stopped')
  expect(end.exitCode).toBe(0)
  await expectSameRun('stopped', 'digits', 500)
})

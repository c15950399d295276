import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalog } from '../../../main/catalog/open.ts'
import { catalogAt, outputOf, spawnWorker, temporaryFolder } from './helpers.ts'

/** HOURGLASS_CRASH_RUNS=50 npx vitest run test/unit/catalog/crash.test.ts */
const crashRuns = Number(process.env.HOURGLASS_CRASH_RUNS ?? 6)

test(`${crashRuns} kills at any moment lose no committed row and leave nothing running`, async () => {
  const file = join(temporaryFolder(), 'catalog.db')
  let imageCount = 0
  for (let run = 0; run < crashRuns; run++) {
    const child = spawnWorker('write', file, `run${run}`)
    const killAfterLines = 2 + ((run * 37) % 150) // soon, while others are in full swing
    let lineCount = 0
    const lines = await outputOf(child, () => {
      lineCount += 1
      if (lineCount === killAfterLines) setTimeout(() => child.kill('SIGKILL'), (run * 7) % 23)
    })
    expect(child.signalCode).toBe('SIGKILL')
    expect(lines.length).toBeGreaterThanOrEqual(killAfterLines)

    const catalog = openCatalog(file)
    const said = (what: string) =>
      lines.filter((line) => line.startsWith(what)).map((line) => line.split(' ')[1])
    for (const id of said('image')) expect(catalog.images.byId(Number(id)), `image ${id}`).toBeDefined()
    const steps = catalog.runs.metrics.series(`run${run}`, 'loss').map(({ step }) => String(step))
    expect(steps).toEqual(expect.arrayContaining(said('metric')))
    for (const id of said('job')) expect(catalog.jobs.get(Number(id)).status).toBe('interrupted')
    for (const id of said('run')) expect(catalog.runs.byId(id)?.status).toBe('interrupted')
    expect(catalog.jobs.list({ status: 'running' })).toEqual([])
    expect(catalog.runs.list({ status: 'running' })).toEqual([])
    expect(catalog.health().problems).toEqual([])
    expect(catalog.images.count() % 7, 'whole transactions only').toBe(0)
    expect(catalog.images.count()).toBeGreaterThanOrEqual(imageCount)
    imageCount = catalog.images.count()
    catalog.close()
  }
  expect(imageCount).toBeGreaterThan(0)
})

test('what a living process runs stays running, and is interrupted once that dies', async () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const child = spawnWorker('write', file, 'alive')
  let firstStep = () => {}
  const started = new Promise<void>((resolve) => {
    firstStep = resolve
  })
  const ended = outputOf(child, (line) => line === 'metric 0' && firstStep())
  await started
  const catalog = catalogAt(file)
  expect(catalog.jobs.list({ status: 'running' })).toHaveLength(1)
  expect(catalog.interruptAbandoned()).toEqual({ jobs: 0, runs: 0 })
  const locks = readdirSync(`${file}-owners`)
  expect(locks).toHaveLength(1)
  expect(() => catalog.runs.resume('alive')).toThrow('being trained already')
  child.kill('SIGKILL')
  await ended
  expect(catalog.interruptAbandoned()).toEqual({ jobs: 1, runs: 1 })
  expect(readdirSync(`${file}-owners`)).not.toContain(locks[0])
  expect(catalog.runs.resume('alive').status).toBe('running')
})

test('closing interrupts what was still running here', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const first = openCatalog(file)
  const { id } = first.jobs.claim(first.jobs.add({ kind: 'work', input: null }).id)
  const second = catalogAt(file)
  expect(second.jobs.get(id).status).toBe('running')
  first.close()
  expect(second.jobs.get(id).status).toBe('interrupted')
})

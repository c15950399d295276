import { readFile } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { aboutArea, type DoctorReport, type Status } from '../../shared/contract/about.ts'
import type { Application } from '../core/application.ts'
import { type Examination, examine } from '../core/doctor.ts'
import { thirdPartyNotices } from '../core/notices.ts'
import { cacheFolder, projectRoot } from '../platform/folders.ts'
import { areaRouter } from './area.ts'

const statusMs = 2000

export const about = areaRouter(aboutArea, {
  async info(_, { host, core }) {
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string
    }
    const folders = { data: core.folder, cache: cacheFolder() }
    return {
      version,
      host: host.kind,
      platform: process.platform,
      isDesktop: host.kind === 'electron',
      folders,
    }
  },

  async *status(_, app, signal) {
    let before = times()
    let facts: Partial<Status> = { device: null, deviceName: null, why: null }
    const learn = () =>
      app.engineFacts().then(
        ({ device, processor, why, threads }) => {
          facts = { device, deviceName: processor, why, threads }
        },
        () => {},
      )
    void learn()
    const stop = app.settings.changes.on(() => void learn())
    try {
      while (!signal.aborted) {
        const now = times()
        const all = now.all - before.all
        yield statusOf(facts, app, all > 0 ? 1 - (now.idle - before.idle) / all : 0)
        before = now
        await new Promise((resolve) => setTimeout(resolve, statusMs))
      }
    } finally {
      stop()
    }
  },

  async doctor(_, { core }, signal) {
    return reportOf(await examine(core, signal))
  },

  notices: () => thirdPartyNotices(),
})

function statusOf(facts: Partial<Status>, { settings }: Application, load: number): Status {
  return {
    ...{ device: null, deviceName: null, why: null, threads: settings.current.threads || cpus().length },
    ...facts,
    load: Math.min(1, Math.max(0, load)),
    memoryUsedBytes: totalmem() - freemem(),
    memoryTotalBytes: totalmem(),
  }
}

/** Of all processors since the machine started, in ms. */
function times(): { all: number; idle: number } {
  let [all, idle] = [0, 0]
  for (const { times: each } of cpus()) {
    idle += each.idle
    all += each.user + each.nice + each.sys + each.idle + each.irq
  }
  return { all, idle }
}

/** Less than this is said to be little. */
const littleDiskBytes = 2e9
const littleMemoryBytes = 1e9

function reportOf(found: Examination): DoctorReport {
  const { engine, speed, catalog, images } = found
  const gigabytes = (bytes: number) =>
    bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
  const well = (name: string, value: string) => ({ name, value, well: true, advice: null })
  const unless = (name: string, value: string, isWell: boolean, advice: string) =>
    isWell ? well(name, value) : { name, value, well: false, advice }
  return {
    checks: [
      well('Device', `${engine.device === 'cuda' ? 'CUDA' : 'CPU'}: ${engine.why}`),
      well('Processor', `${engine.processor}, ${engine.threads} threads`),
      well(
        'TensorFlow',
        `${engine.versions.tensorflow} (${engine.versions.build}), tfjs ${engine.versions.tfjs}`,
      ),
      unless(
        'Compiled',
        engine.compiled.why,
        engine.compiled.available,
        'npm run setup compiles the binding anew.',
      ),
      well('Reads', images.reads.join(', ')),
      well('Writes', images.writes.join(', ')),
      unless(
        'Catalog',
        catalog.problems.length === 0 ? `sound, ${gigabytes(catalog.bytes)}` : catalog.problems.join('; '),
        catalog.problems.length === 0,
        `Put back a copy of ${catalog.file} from a backup, or start with an empty data folder.`,
      ),
      unless(
        'Memory',
        `${gigabytes(found.freeMemoryBytes)} free of ${gigabytes(found.totalMemoryBytes)}`,
        found.freeMemoryBytes > littleMemoryBytes,
        'Close other programs before working on large photos.',
      ),
      unless(
        'Disk',
        `${gigabytes(found.freeDiskBytes)} free at ${found.folders.data}`,
        found.freeDiskBytes > littleDiskBytes,
        'Make room, or lower the size of the cache in the settings.',
      ),
      well('Node', found.node),
    ],
    gflopPerSecond: speed.gflopPerSecond,
    gigabytesPerSecond: speed.gigabytesPerSecond,
  }
}

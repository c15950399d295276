import { join } from 'node:path'
import type { EngineFacts } from '../engine/facts.ts'
import type { EngineSettings } from '../engine/host.ts'
import { makeFolder, projectRoot } from '../platform/folders.ts'
import { Access } from './access.ts'
import { type Core, openCore } from './core.ts'
import type { Host } from './host.ts'
import { LatentsDesk } from './latents/latents-desk.ts'
import { Pictures } from './pictures/pictures.ts'
import { ThumbnailCache } from './pictures/thumbnails.ts'
import { JobQueue } from './queue/job-queue.ts'
import { SettingsStore } from './settings.ts'
import { SweepDesk } from './sweep/sweep-desk.ts'
import { Topic } from './topic.ts'
import { TrainDesk } from './training/train-desk.ts'
import { UndoSteps } from './undo.ts'

export interface ApplicationSettings {
  readonly data: string
  readonly host: Host
  /** folders that may be read and written; null: all of the machine */
  readonly libraries: readonly string[] | null
  /** of the command line: before those of the settings */
  readonly device?: EngineSettings['device']
  readonly threads?: number | undefined
}

/** Everything behind a window: the core, and what only somebody who looks at it needs. */
export interface Application {
  readonly core: Core
  readonly host: Host
  readonly access: Access
  readonly settings: SettingsStore
  readonly pictures: Pictures
  readonly thumbnails: ThumbnailCache
  readonly queue: JobQueue
  readonly undo: UndoSteps
  readonly training: TrainDesk
  readonly sweeps: SweepDesk
  readonly latents: LatentsDesk
  /** images or collections came, went or changed */
  readonly libraryChanged: Topic<void>
  readonly modelsChanged: Topic<void>
  /** where files from browsers are kept */
  readonly uploads: string
  /** what is computed with; asked once, and again after the settings changed it */
  engineFacts(): Promise<EngineFacts>
  close(): Promise<void>
}

/** The engine gives way to the window; training more so: see `openCore`. */
const inferenceNiceness = 3

export async function openApplication(options: ApplicationSettings): Promise<Application> {
  const { data, host, libraries } = options
  const uploads = join(data, 'imports')
  const samples = join(projectRoot, 'assets', 'samples')
  await makeFolder(uploads)
  const results = join(data, 'results')
  if (libraries) await makeFolder(results)
  const access = libraries
    ? await Access.within([...libraries, uploads, results, samples])
    : Access.everywhere()
  const settings = await SettingsStore.open(data)
  const engineSettings = (): EngineSettings => {
    const { device, threads } = settings.current
    const asked = options.device && options.device !== 'auto' ? options.device : device
    return { device: asked, threads: options.threads ?? (threads || undefined), niceness: inferenceNiceness }
  }
  const core = await openCore({ data, within: access.folders, ...engineSettings() })
  const undo = new UndoSteps()
  const libraryChanged = new Topic<void>()
  const pictures = new Pictures(core.catalog, access)
  const thumbnails = new ThumbnailCache(settings)
  const onImported = () => libraryChanged.publish()
  const modelsChanged = new Topic<void>()
  const training = new TrainDesk(core, () => modelsChanged.publish())
  const sweeps = new SweepDesk(core, training)
  const queue = new JobQueue({
    core,
    settings,
    access,
    undo,
    onImported,
    sweep: (...work) => sweeps.work(...work),
  })
  queue.changed.on(() => sweeps.changed.publish())
  const latents = new LatentsDesk(core, access)
  let facts: Promise<EngineFacts> | null = null
  let known = JSON.stringify(engineSettings())
  settings.changes.on(() => {
    const now = JSON.stringify(engineSettings())
    if (now === known) return
    known = now
    facts = null
    core.configure(engineSettings())
  })
  return {
    ...{ core, host, access, settings, pictures, thumbnails, queue, undo, libraryChanged, uploads },
    ...{ modelsChanged, training, sweeps, latents },
    engineFacts() {
      facts ??= core.inference.call('facts', null).catch((error) => {
        facts = null
        throw error
      })
      return facts
    },
    async close() {
      await queue.close()
      await training.close()
      latents.close()
      await undo.close()
      await core.close()
    },
  }
}

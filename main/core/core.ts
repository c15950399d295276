import { join, resolve } from 'node:path'
import { type Catalog, openCatalog } from '../catalog/open.ts'
import { Engine, type EngineSettings } from '../engine/host.ts'
import { dataFolder, makeFolder } from '../platform/folders.ts'
import type { EngineTasks } from './engine-tasks.ts'
import { addBundledModels, removePutAside } from './model-library.ts'
import type { PixelTasks } from './pixel-tasks.ts'

export interface CoreSettings extends EngineSettings {
  /** where catalog, models and runs live; the platform's place by default */
  data?: string | undefined
  /** folders whose images are seen; null: all, see `openCatalog` */
  within?: readonly string[] | null
}

/** What every front works with: the catalog and the engines. */
export interface Core {
  readonly folder: string
  readonly catalog: Catalog
  /** for previews and batches, so that they never wait for an epoch */
  readonly inference: Engine<EngineTasks>
  readonly training: Engine<EngineTasks>
  /** for what takes long on pixels without TensorFlow: noise, comparisons */
  readonly pixels: Engine<PixelTasks>
  /** other settings for the engines' next processes; what is under way ends as it began */
  configure(settings: EngineSettings): void
  close(): Promise<void>
}

/** What coding pictures needs of it. */
export type CodecCore = Pick<Core, 'catalog' | 'inference'>

const engineEntry = join(import.meta.dirname, 'engine-process.ts')
const pixelEntry = join(import.meta.dirname, 'pixel-process.ts')

/** Opens the catalog and makes the bundled models known; engine processes start when first used. */
export async function openCore({
  data = dataFolder(),
  within = null,
  ...engine
}: CoreSettings = {}): Promise<Core> {
  await makeFolder(resolve(data))
  const catalog = openCatalog(join(data, 'catalog.db'), within)
  const inference = new Engine<EngineTasks>(engineEntry, engine)
  const training = new Engine<EngineTasks>(engineEntry, trainingSettings(engine))
  const pixels = new Engine<PixelTasks>(pixelEntry, engine)
  await removePutAside(catalog, data)
  await addBundledModels(catalog)
  return {
    folder: data,
    catalog,
    inference,
    training,
    pixels,
    configure(changed) {
      inference.configure(changed)
      training.configure(trainingSettings(changed))
      pixels.configure(changed)
    },
    async close() {
      await Promise.all([inference.close(), training.close(), pixels.close()])
      catalog.close()
    },
  }
}

/** Training gives way to everything else. */
function trainingSettings(settings: EngineSettings): EngineSettings {
  return { ...settings, niceness: (settings.niceness ?? 0) + 5 }
}

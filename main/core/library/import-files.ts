import { availableParallelism } from 'node:os'
import type { ImportEvent } from '../../../shared/contract/library.ts'
import { findImages } from '../../imaging/find.ts'
import { hgiExtension, imageExtensions } from '../../imaging/formats.ts'
import type { Access } from '../access.ts'
import type { Core } from '../core.ts'
import { importFound } from '../import.ts'
import { Inbox } from '../topic.ts'

export interface ImportRequest {
  readonly paths: readonly string[]
  readonly recursive: boolean
  readonly collection?: string | undefined
}

/** On fewer processors than these, the window's frames and an import want the same ones. */
const enoughProcessors = 5

/** How often progress is said. */
const everyMs = 100

/**
 * Imports with progress what may be read; compressed files among the paths are named, not imported. Stopping to read
 * stops it.
 */
export async function* importFiles(
  { core, access }: { core: Pick<Core, 'catalog'>; access: Access },
  { paths, recursive, collection }: ImportRequest,
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const inbox = new Inbox<ImportEvent>()
  let saidAtMs = 0
  const work = async () => {
    const extensions = [...imageExtensions, hgiExtension]
    const options = { recursive, extensions, allows: access.allows, signal: both }
    const found = await findImages(await access.checkAll(paths), options)
    const isCompressed = ({ path }: { path: string }) => path.toLowerCase().endsWith(hgiExtension)
    const files = found.filter((file) => !isCompressed(file))
    const report = await importFound(core, files, {
      ...{ dataset: collection, signal: both, rests: availableParallelism() < enoughProcessors },
      onProgress(done, total, path) {
        const now = performance.now()
        if (now - saidAtMs < everyMs) return
        saidAtMs = now
        inbox.put({ kind: 'progress', done, total, path })
      },
    })
    const failed = report.failed.map(({ path, error: { code, message } }) => ({ path, code, message }))
    const compressed = found.filter(isCompressed).map(({ path }) => path)
    inbox.put({ kind: 'done', counts: report.counts, ids: report.ids, compressed, failed })
  }
  const done = work().then(
    () => inbox.close(),
    (error) => inbox.close({ error }),
  )
  try {
    yield* inbox.until(signal)
  } finally {
    stop.abort()
    await done
  }
}

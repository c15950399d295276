import { statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { imageFormats } from '../imaging/formats.ts'
import { cacheFolder } from '../platform/folders.ts'
import type { Core } from './core.ts'

/** What this installation consists of, what it computes with, and how fast; measuring takes some seconds. */
export async function examine(core: Core, signal?: AbortSignal) {
  const engine = await core.inference.call('facts', null, { signal })
  const speed = await core.inference.call('measure', null, { signal })
  const catalog = core.catalog.health()
  const { reads, writes, versions } = imageFormats()
  const disk = await statfs(core.folder)
  return {
    node: process.versions.node,
    engine,
    speed,
    images: {
      ...{ reads, writes, sharp: versions.sharp, libvips: versions.vips },
      ...{ librawWasm: versions['libraw-wasm'], libheifJs: versions['libheif-js'] },
    },
    catalog,
    freeMemoryBytes: freemem(),
    totalMemoryBytes: totalmem(),
    freeDiskBytes: disk.bavail * disk.bsize,
    folders: { data: core.folder, cache: cacheFolder() },
  }
}
export type Examination = Awaited<ReturnType<typeof examine>>

import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { cacheFolder } from '../../platform/folders.ts'
import type { SettingsStore } from '../settings.ts'

interface Kept {
  bytes: number
  usedAtMs: number
}

/** What is left after making room, as a share of the limit. */
const roomyShare = 0.9
/** How old a file's time may be before a use is written down. */
const touchMs = 60 * 60_000

/**
 * Small files on disk, named by the hash of their content's source, with a limit to all their bytes: the ones not used
 * for the longest time go first. Place and limit follow the settings at once.
 */
export class ThumbnailCache {
  readonly #settings: SettingsStore
  #folder = ''
  #files: Promise<Map<string, Kept>> | null = null
  #bytes = 0

  constructor(settings: SettingsStore) {
    this.#settings = settings
    settings.changes.on(() => void this.#shrink().catch(() => {}))
  }

  get folder(): string {
    return this.#settings.current.cacheFolder || join(cacheFolder(), 'thumbnails')
  }

  /** The bytes of this name; made, and kept, where they are not there. @param name letters, digits, dashes and a dot */
  async get(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const files = await this.#known()
    const path = this.#path(name)
    const kept = files.get(name)
    const found = kept && (await readFile(path).catch(() => null))
    if (found) {
      const now = Date.now()
      if (now - kept.usedAtMs > touchMs) void utimes(path, now / 1000, now / 1000).catch(() => {})
      kept.usedAtMs = now
      return found
    }
    const bytes = await make()
    // A full or read-only disk costs the cache, not the picture.
    await this.#keep(name, bytes).catch(() => {})
    return bytes
  }

  async size(): Promise<{ folder: string; bytes: number; files: number }> {
    const files = await this.#known()
    return { folder: this.folder, bytes: this.#bytes, files: files.size }
  }

  async clear(): Promise<{ freedBytes: number }> {
    const files = await this.#known()
    const freedBytes = this.#bytes
    for (const name of files.keys()) await rm(this.#path(name), { force: true })
    files.clear()
    this.#bytes = 0
    return { freedBytes }
  }

  async #keep(name: string, bytes: Uint8Array): Promise<void> {
    const files = await this.#known()
    await mkdir(join(this.folder, name.slice(0, 2)), { recursive: true })
    await writeFileAtomic(this.#path(name), Buffer.from(bytes), { fsync: false })
    this.#bytes += bytes.length - (files.get(name)?.bytes ?? 0)
    files.set(name, { bytes: bytes.length, usedAtMs: Date.now() })
    if (this.#bytes > this.#settings.current.cacheBytes) await this.#shrink()
  }

  async #shrink(): Promise<void> {
    const files = await this.#known()
    const limit = this.#settings.current.cacheBytes
    if (this.#bytes <= limit) return
    const oldest = [...files].sort((a, b) => a[1].usedAtMs - b[1].usedAtMs)
    for (const [name, { bytes }] of oldest) {
      if (this.#bytes <= limit * roomyShare) break
      files.delete(name)
      this.#bytes -= bytes
      await rm(this.#path(name), { force: true })
    }
  }

  #path(name: string): string {
    return join(this.folder, name.slice(0, 2), name)
  }

  /** What is on disk, read once for each place. */
  #known(): Promise<Map<string, Kept>> {
    if (this.#files && this.#folder === this.folder) return this.#files
    this.#folder = this.folder
    this.#files = this.#scan(this.folder)
    return this.#files
  }

  async #scan(folder: string): Promise<Map<string, Kept>> {
    const files = new Map<string, Kept>()
    this.#bytes = 0
    for (const part of await readdir(folder).catch(() => [])) {
      // only what this class has named: the folder may be one that a person chose
      if (!/^[0-9a-f]{2}$/.test(part)) continue
      for (const name of await readdir(join(folder, part)).catch(() => [])) {
        if (!/^[0-9a-f]{64}-\d+\.webp$/.test(name)) continue
        const facts = await stat(join(folder, part, name)).catch(() => null)
        if (!facts) continue
        files.set(name, { bytes: facts.size, usedAtMs: facts.mtimeMs })
        this.#bytes += facts.size
      }
    }
    return files
  }
}

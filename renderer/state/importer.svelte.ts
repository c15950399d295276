import type { ImportEvent } from '../../shared/contract/library.ts'
import { type Uploaded, type UrlError, uploadUrl } from '../../shared/contract/pixels.ts'
import { client } from './client.ts'
import { type DroppedFile, filesOf } from './dropped-files.ts'
import { failureOf } from './failure.ts'
import { count } from './format.svelte.ts'
import { library } from './library.svelte.ts'
import { say, sayError } from './notices.ts'
import { openHgi } from './opened-hgi.svelte.ts'

export interface ImportProgress {
  readonly done: number
  readonly total: number
  readonly name: string
}

export interface ImportFailure {
  readonly path: string
  readonly message: string
}

const atOnce = 3

/** Takes files and folders into the library: by their paths, or from a browser by their bytes. */
class Importer {
  #progress = $state.raw<ImportProgress | null>(null)
  #failed = $state.raw<readonly ImportFailure[]>([])
  /** one import after another */
  #last: Promise<void> = Promise.resolve()
  #abort = new AbortController()

  get progress(): ImportProgress | null {
    return this.#progress
  }

  /** what could not be taken in since one last looked */
  get failed(): readonly ImportFailure[] {
    return this.#failed
  }

  forgetFailed(): void {
    this.#failed = []
  }

  /** Those that wait, too. */
  cancel(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.#progress = null
    say('Import stopped; what was taken in until then stays')
    void library.reload()
  }

  paths(paths: readonly string[], collection?: string): void {
    if (paths.length > 0) void this.#enqueue((signal) => this.#import(paths, collection, signal))
  }

  #enqueue(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#abort
    const done = this.#last.then(async () => {
      if (signal.aborted) return
      await work(signal).catch((error) => {
        if (!signal.aborted) sayError(error)
      })
      if (!signal.aborted) this.#progress = null
    })
    this.#last = done
    return done
  }

  /** Resolves when it is over, or stopped. */
  #import(paths: readonly string[], collection: string | undefined, signal: AbortSignal): Promise<void> {
    this.#progress = { done: 0, total: 0, name: paths[0] }
    return new Promise((resolve, reject) => {
      const stop = client.library.import(
        { paths: [...paths], ...(collection ? { collection } : {}) },
        { onData: (event) => this.#take(event), onError: reject, onEnd: resolve },
      )
      signal.addEventListener('abort', () => {
        stop()
        resolve()
      })
    })
  }

  #take(event: ImportEvent): void {
    if (event.kind === 'progress') {
      this.#progress = { done: event.done, total: event.total, name: event.path }
      return
    }
    const { counts, ids, compressed, failed } = event
    this.#finish(ids, compressed, failed, { new: counts.added + counts.changed, duplicate: counts.duplicate })
  }

  /** Dropped or pasted things, or files chosen in a browser. */
  async dropped(data: DataTransfer | FileList): Promise<void> {
    const bridge = window.hourglass
    if (bridge) {
      const files = data instanceof DataTransfer ? data.files : data
      const paths = [...files].map((file) => bridge.pathForFile(file)).filter((path) => path !== '')
      if (paths.length > 0) return this.paths(paths)
    }
    const files = await filesOf(data)
    if (files.length > 0) await this.#enqueue((signal) => this.#upload(files, signal))
  }

  async #upload(files: readonly DroppedFile[], signal: AbortSignal): Promise<void> {
    const failed: ImportFailure[] = []
    const compressed: string[] = []
    const ids = new Array<number | null>(files.length).fill(null)
    const counts = { new: 0, duplicate: 0 }
    let next = 0
    let done = 0
    const work = async () => {
      for (let at = next++; at < files.length && !signal.aborted; at = next++) {
        const { file, folder } = files[at]
        this.#progress = { done, total: files.length, name: file.name }
        try {
          const uploaded = await upload(file, folder, signal)
          ids[at] = uploaded.image
          if (uploaded.outcome === 'added') counts.new++
          if (uploaded.outcome === 'duplicate') counts.duplicate++
          if (uploaded.image === null && file.name.toLowerCase().endsWith('.hgi'))
            compressed.push(uploaded.path)
        } catch (error) {
          if (!signal.aborted) failed.push({ path: file.name, message: failureOf(error).message })
        }
        done++
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    if (signal.aborted) return
    this.#finish(
      ids.filter((id) => id !== null),
      compressed,
      failed,
      counts,
    )
  }

  #finish(
    ids: readonly number[],
    compressed: readonly string[],
    failed: readonly ImportFailure[],
    counts: { new: number; duplicate: number },
  ): void {
    this.#failed = [...this.#failed, ...failed]
    void library.reload().then(() => {
      if (ids.length > 0) library.open(ids[0])
    })
    if (compressed.length > 0) openHgi(compressed[0])
    const parts = [
      counts.new > 0 ? `${count(counts.new, 'photo')} imported` : '',
      counts.duplicate > 0 ? `${count(counts.duplicate, 'duplicate')} recognised` : '',
      ids.length - counts.new - counts.duplicate > 0
        ? `${count(ids.length - counts.new - counts.duplicate, 'photo')} known already`
        : '',
      failed.length > 0 ? `${count(failed.length, 'file')} could not be read` : '',
    ].filter(Boolean)
    if (parts.length > 0) say(parts.join(', '))
    else if (compressed.length === 0) say('No photos were found there')
  }
}

async function upload(file: File, folder: string, signal: AbortSignal): Promise<Uploaded> {
  const answer = await fetch(uploadUrl(file.name, folder), { method: 'POST', body: file, signal })
  if (answer.ok) return (await answer.json()) as Uploaded
  const sent = (await answer.json().catch(() => null)) as UrlError | null
  throw sent?.error ?? new Error(`the file could not be sent (HTTP ${answer.status})`)
}

export const importer = new Importer()

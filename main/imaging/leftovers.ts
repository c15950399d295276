import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isTemporaryNameOf } from './publish.ts'

/** What a killed process left of files it was writing. Each folder is listed once. */
export class Leftovers {
  readonly #names = new Map<string, Promise<readonly string[]>>()

  /** Removes those of one file, to which nobody else may be writing. */
  async remove(path: string): Promise<void> {
    const folder = dirname(resolve(path))
    const listed =
      this.#names.get(folder) ??
      readdir(folder).then(
        (names) => names.filter((name) => name.endsWith('.tmp')),
        () => [],
      )
    this.#names.set(folder, listed)
    const left = (await listed).filter((name) => isTemporaryNameOf(name, basename(path)))
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))
  }
}

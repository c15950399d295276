import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'

/** Which paths a front may name. Links are followed before anything is compared. */
export class Access {
  /** null: all of the machine, as in a desktop application */
  readonly #roots: readonly string[] | null
  /** the roots by the names they were given, too */
  readonly #folders: readonly string[] | null
  /** whether what has this real path may be read; null: everything may */
  readonly allows: ((real: string) => boolean) | null

  private constructor(roots: readonly string[] | null, folders: readonly string[] | null) {
    this.#roots = roots
    this.#folders = folders
    this.allows = roots && ((real) => roots.some((root) => isWithin(root, real)))
  }

  static everywhere(): Access {
    return new Access(null, null)
  }

  /** @throws AppError not-found for a root that does not exist */
  static async within(folders: readonly string[]): Promise<Access> {
    const roots = await Promise.all(
      folders.map((folder) =>
        realpath(folder).catch((cause) => {
          throw new AppError('not-found', `${resolve(folder)} does not exist, and was to be served`, {
            cause,
          })
        }),
      ),
    )
    return new Access(roots, [...new Set([...roots, ...folders.map((folder) => resolve(folder))])])
  }

  /** The folders that may be looked into; null: all. */
  get roots(): readonly string[] | null {
    return this.#roots
  }

  /** The folders by every name that paths below them may have been stored with; null: all. */
  get folders(): readonly string[] | null {
    return this.#folders
  }

  /** Whether a stored path may be shown: by its name alone, links are not followed. */
  covers(path: string): boolean {
    return this.#folders?.some((folder) => isWithin(folder, resolve(path))) ?? true
  }

  /**
   * The real path. What does not exist yet is judged by the nearest folder above it that does.
   * @throws AppError bad-input for a path outside; it says no more than that, whether the path exists or not
   */
  async check(path: string): Promise<string> {
    const real = await realWhereThere(resolve(path))
    if (this.allows?.(real) === false) {
      throw new AppError('bad-input', `${path} is outside of the folders that are served here`)
    }
    return real
  }

  async checkAll(paths: readonly string[]): Promise<string[]> {
    return Promise.all(paths.map((path) => this.check(path)))
  }

  /** Those that may be read, by the names they have. */
  async only(paths: readonly string[]): Promise<string[]> {
    if (!this.allows) return [...paths]
    const mayRead = await Promise.all(
      paths.map((path) =>
        this.check(path).then(
          () => true,
          () => false,
        ),
      ),
    )
    return paths.filter((_, i) => mayRead[i])
  }
}

export function isWithin(root: string, path: string): boolean {
  const between = relative(root, path)
  return (
    between === '' || (between !== '..' && !between.startsWith(`..${sep}`) && resolve(root, between) === path)
  )
}

async function realWhereThere(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realWhereThere(parent), basename(path))
  }
}

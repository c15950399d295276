import fs from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, isAbsolute, relative, resolve, sep } from 'node:path'
import { convertPathToPattern, type FileSystemAdapter, glob, isDynamicPattern } from 'tinyglobby'
import { AppError } from '../../shared/errors.ts'
import { imageExtensions } from './formats.ts'

export interface FoundImage {
  /** Absolute. */
  readonly path: string
  /** Path below the folder or glob root it came from, with `/` on every platform; a named file's own name. */
  readonly relativePath: string
}

export interface FindOptions {
  /** Go into the folders below a named folder, too. */
  readonly recursive?: boolean
  /** What relative paths start from; the current folder by default. */
  readonly cwd?: string
  /** What folders and globs give, instead of images: extensions in lower case, with their dot. */
  readonly extensions?: readonly string[]
  /** Of real paths: which folders and links are followed; all are by default. */
  readonly allows?: ((real: string) => boolean) | null
  readonly signal?: AbortSignal | undefined
}

/**
 * Files, folders and globs as a list of image files, sorted, each once. A named file is taken whatever its
 * extension (its content decides later); folders and globs give files with an image extension, in any case.
 * Hidden files and folders are left out. A glob may use `/` on Windows, too.
 *
 * @throws AppError not-found for a path that does not exist, or where none of the folders and globs holds an image.
 */
export async function findImages(paths: readonly string[], options: FindOptions = {}): Promise<FoundImage[]> {
  if (paths.length === 0) throw new AppError('bad-input', 'no image named: expected files, folders or globs')
  const cwd = resolve(options.cwd ?? '.')
  const { extensions = imageExtensions, allows, signal } = options
  const walk = {
    ...{ absolute: true, onlyFiles: true, expandDirectories: false },
    ...(allows ? { fs: limitedFs(allows) } : {}),
    ...(signal ? { signal } : {}),
  }
  // Of few kinds of file each is named; of many it is an image.
  const what = options.extensions && extensions.length < 4 ? `${extensions.join(' or ')} file` : 'image'
  const found = new Map<string, FoundImage>()
  const empty: string[] = []
  const add = (path: string, relativePath: string) => {
    if (!found.has(path)) found.set(path, { path, relativePath: relativePath.split(sep).join('/') })
  }
  for (const named of paths) {
    const path = resolve(cwd, named)
    signal?.throwIfAborted()
    // a file whose real name looks like a glob, such as IMG[1].jpg, is that file
    const facts = await stat(path).catch(() => null)
    if (facts?.isFile()) {
      add(path, basename(path))
      continue
    }
    const root = facts?.isDirectory() ? path : globRoot(cwd, named)
    if (root === null) throw new AppError('not-found', `${path} does not exist`)
    const pattern = facts
      ? `${convertPathToPattern(path)}/${options.recursive ? '**/*' : '*'}`
      : isAbsolute(named)
        ? toSlashes(named)
        : `${convertPathToPattern(cwd)}/${toSlashes(named)}`
    const files = await glob(pattern, { ...walk, cwd: root })
    signal?.throwIfAborted() // it gives what it had found by then
    const images = files.map((file) => resolve(file)).filter((path) => hasExtension(path, extensions))
    if (images.length === 0) {
      const hint = facts && !options.recursive ? ' (folders below it were not searched)' : ''
      empty.push(`${facts ? path : named} holds no ${what}${hint}`)
    }
    for (const image of images) add(image, relative(root, image))
  }
  if (found.size === 0) {
    throw new AppError('not-found', `${empty[0]}${empty.length > 1 ? ', and neither do the others' : ''}`)
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** The disk as a walk sees it that follows no link to elsewhere, neither into a folder nor to a file. */
function limitedFs(allows: (real: string) => boolean): FileSystemAdapter {
  type Done<Value> = (error: Error | null, value?: Value) => void
  const realpath = (path: string, done: Done<string>) =>
    fs.realpath.native(path, (error, real) => {
      if (error || allows(real)) done(error, real)
      else done(new Error(`${path} leads elsewhere`))
    })
  const readdir = (path: string, options: { withFileTypes: true }, done: Done<fs.Dirent[]>) =>
    realpath(path, (error) => (error ? done(error) : fs.readdir(path, options, done)))
  return { realpath, readdir } as unknown as FileSystemAdapter
}

function hasExtension(path: string, extensions: readonly string[]): boolean {
  const name = path.toLowerCase()
  return extensions.some((extension) => name.endsWith(extension))
}

/** On Windows a backslash separates folders; elsewhere it is part of a pattern. */
function toSlashes(pattern: string): string {
  return sep === '\\' ? pattern.replaceAll('\\', '/') : pattern
}

/** The folder above the first part of a pattern that is dynamic; null where nothing is. */
function globRoot(cwd: string, pattern: string): string | null {
  const parts = toSlashes(pattern).split('/')
  const first = parts.findIndex((part) => isDynamicPattern(part))
  if (first < 0) return null
  return resolve(cwd, parts.slice(0, first).join('/') || (isAbsolute(pattern) ? '/' : '.'))
}

import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { formatOfName } from '../../imaging/formats.ts'

export interface PhotoDatasetOptions {
  /** A text file of held-out names, one per line: file names, or paths relative to the folder. */
  readonly validationList?: string
  /** Without a list: about this share of the photos is held out, 0 to 1. */
  readonly validationShare?: number
  readonly seed: number
}

/** Paths, in the order of their names within their folders, whatever the folder is called. */
export interface PhotoDataset {
  readonly train: readonly string[]
  readonly validation: readonly string[]
  /** Names of the list that no photo has. */
  readonly missing: readonly string[]
}

/**
 * The photos in the folders (all levels) and files given, split by image. Without a list, a photo is held out when
 * the hash of its name and the seed is small: adding photos later moves none from one side to the other. Where the
 * share rounds to nothing one photo is held out all the same, if there are two.
 *
 * Nothing is opened: broken files show up, and are skipped, when they are read.
 * Throws AppError `not-found` for a path that does not exist, `bad-input` when no photo is left to train on.
 */
export async function photoDataset(
  paths: readonly string[],
  options: PhotoDatasetOptions,
): Promise<PhotoDataset> {
  const { validationShare = 0.05, validationList, seed } = options
  if (!(validationShare >= 0 && validationShare < 1)) {
    throw new AppError(
      'bad-input',
      `validation share: expected at least 0 and below 1, got ${validationShare}`,
    )
  }
  const photos = await findPhotos(paths)
  const names = [...photos.keys()]
  const split = validationList
    ? splitByList(names, await readNames(validationList))
    : { heldOut: splitByHash(names, validationShare, seed), missing: [] }
  const side = (heldOut: boolean) =>
    names.filter((n) => split.heldOut.has(n) === heldOut).map((n) => photos.get(n)!)
  const dataset = { train: side(false), validation: side(true), missing: split.missing }
  if (dataset.train.length === 0) {
    const held = dataset.validation.length > 0 ? `; all ${dataset.validation.length} are held out` : ''
    throw new AppError(
      'bad-input',
      `no photo to train on in ${paths.join(', ') || 'an empty list of paths'}${held}`,
    )
  }
  return dataset
}

/** Path by name, sorted by name (by code unit, as every machine sorts alike). */
async function findPhotos(paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const path of paths) {
    for (const [name, file] of await photosIn(path)) found.set(found.has(name) ? file : name, file)
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function photosIn(path: string): Promise<[name: string, file: string][]> {
  try {
    if (!(await stat(path)).isDirectory()) return [[basename(path), path]]
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory() && formatOfName(entry.name))
    return files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [nameIn(path, file), file])
  } catch (cause) {
    throw new AppError('not-found', `${path}: no such photo or folder that can be read`, { cause })
  }
}

function nameIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/')
}

async function readNames(list: string): Promise<string[]> {
  try {
    return (await readFile(list, 'utf8'))
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean)
  } catch (cause) {
    throw new AppError('not-found', `${list}: the list of validation photos cannot be read`, { cause })
  }
}

function splitByList(names: readonly string[], listed: readonly string[]) {
  const wanted = new Set(listed)
  const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1)
  const heldOut = new Set(names.filter((name) => wanted.has(name) || wanted.has(lastPart(name))))
  const seen = new Set([...heldOut].flatMap((name) => [name, lastPart(name)]))
  return { heldOut, missing: listed.filter((name) => !seen.has(name)) }
}

function splitByHash(names: readonly string[], share: number, seed: number): Set<string> {
  const hash = (name: string) =>
    createHash('sha256').update(`${seed}/${name}`).digest().readUInt32BE() / 2 ** 32
  const hashed = names.map((name) => ({ name, hash: hash(name) })).sort((a, b) => a.hash - b.hash)
  const count = hashed.filter((photo) => photo.hash < share).length
  const atLeast = share > 0 && names.length > 1 ? 1 : 0
  const atMost = Math.max(0, names.length - 1)
  return new Set(hashed.slice(0, Math.min(atMost, Math.max(atLeast, count))).map((photo) => photo.name))
}

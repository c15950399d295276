import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { FolderEntry } from '../../../shared/contract/library.ts'
import { fileError } from '../../imaging/file-errors.ts'
import { hgiExtension, imageExtensions } from '../../imaging/formats.ts'
import type { Access } from '../access.ts'

export function rootsOf(access: Access): { name: string; path: string }[] {
  const roots = access.roots ?? [homedir()]
  return roots.map((path) => ({ name: basename(path) || path, path }))
}

/** As MNIST's files are named. */
const idxName = /(^|[-.])idx[1-4]?(-ubyte)?(\.gz)?$/

const isModel = async (folder: string): Promise<boolean> => {
  const looks = ['card.json', 'weights.safetensors'].map((name) => stat(join(folder, name)))
  return Promise.all(looks).then(
    () => true,
    () => false,
  )
}

/** What a folder holds that one may choose: folders, pictures, compressed files, models and IDX files. Hidden ones are left out. */
export async function browseFolder(access: Access, path: string) {
  const folder = await access.check(path)
  const found = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError('read', folder, error)
  })
  const entries = await Promise.all(
    found
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry): Promise<FolderEntry | null> => {
        const whole = join(folder, entry.name)
        if (entry.isDirectory()) {
          return { name: entry.name, path: whole, kind: (await isModel(whole)) ? 'model' : 'folder' }
        }
        const name = entry.name.toLowerCase()
        if (name.endsWith(hgiExtension)) return { name: entry.name, path: whole, kind: 'hgi' }
        if (idxName.test(name)) return { name: entry.name, path: whole, kind: 'idx' }
        const isImage = imageExtensions.some((extension) => name.endsWith(extension))
        return isImage && entry.isFile() ? { name: entry.name, path: whole, kind: 'image' } : null
      }),
  )
  const parent = dirname(folder)
  const isTop = parent === folder || !(await access.check(parent).catch(() => null))
  const collator = new Intl.Collator(undefined, { numeric: true })
  const isFile = ({ kind }: FolderEntry) => (kind === 'folder' || kind === 'model' ? 0 : 1)
  return {
    path: folder,
    parent: isTop ? null : parent,
    entries: entries
      .filter((entry) => entry !== null)
      .sort((a, b) => isFile(a) - isFile(b) || collator.compare(a.name, b.name)),
  }
}

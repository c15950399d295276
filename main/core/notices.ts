import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Notice } from '../../shared/contract/about.ts'
import { projectRoot } from '../platform/folders.ts'

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})
const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
})

/** Built into the window's files, though packages of development by the manifest. */
const builtIn = [
  ...['svelte', 'bits-ui', '@lucide/svelte', '@fontsource-variable/inter', '@trpc/client', 'svelte-sonner'],
  ...['uplot', 'electron'],
]

/** What comes inside of packages, or by its own way, and has a licence of its own. */
const inside: readonly Notice[] = [
  {
    ...{ name: 'TensorFlow', version: '2.21.0', licence: 'Apache-2.0' },
    text: 'Copyright The TensorFlow Authors. Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0',
  },
  {
    ...{ name: 'LibRaw (in libraw-wasm)', version: '0.22', licence: 'LGPL-2.1 OR CDDL-1.0' },
    text: 'Copyright LibRaw LLC. Used under the GNU Lesser General Public License, version 2.1: https://www.gnu.org/licenses/old-licenses/lgpl-2.1. Source: https://www.libraw.org',
  },
  {
    ...{ name: 'libde265 (in libheif-js)', version: 'of libheif-js 1.23.2', licence: 'LGPL-3.0-or-later' },
    text: 'Copyright struktur AG and Dirk Farin. Used under the GNU Lesser General Public License, version 3: https://www.gnu.org/licenses/lgpl-3.0. Source: https://github.com/strukturag/libde265',
  },
]

/** Made once when the application is packaged: then the lock file is not there to ask. */
export const noticesFile = join(projectRoot, 'out', 'notices.json')

/** The licences of everything that is shipped. */
export async function thirdPartyNotices(): Promise<Notice[]> {
  const kept = await readFile(noticesFile, 'utf8').catch(() => null)
  return kept ? (JSON.parse(kept) as Notice[]) : collectNotices()
}

/** From the packages that are installed, and what is inside of them. */
export async function collectNotices(root = projectRoot): Promise<Notice[]> {
  const { packages } = lock.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const wanted = new Set<string>()
  const follow = (path: string, from: string) => {
    const place = nearest(packages, path, from)
    if (!place || wanted.has(place)) return
    wanted.add(place)
    const { dependencies = {}, optionalDependencies = {} } = packages[place]!
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) follow(name, place)
  }
  const own = packages['']!
  for (const name of Object.keys({ ...own.dependencies, ...own.optionalDependencies })) follow(name, '')
  for (const name of builtIn) follow(name, '')
  const notices = await Promise.all([...wanted].map((place) => noticeOf(join(root, place))))
  return [...notices.filter((notice) => notice !== null), ...inside].sort((a, b) =>
    a.name.localeCompare(b.name),
  )
}

/** Node's rule: the package's own node_modules first, then those of the folders above. */
function nearest(packages: Readonly<Record<string, unknown>>, name: string, from: string): string | null {
  for (let base = from; ; ) {
    const place = `${base ? `${base}/` : ''}node_modules/${name}`
    if (place in packages) return place
    const up = base.lastIndexOf('/node_modules/')
    if (base === '') return null
    base = up >= 0 ? base.slice(0, up) : ''
  }
}

/** Null for a package of another platform, which is not here. */
async function noticeOf(folder: string): Promise<Notice | null> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
  const parsed = manifest.safeParse(text === null ? null : JSON.parse(text))
  if (!parsed.success) return null
  const { name, version, license } = parsed.data
  const files = await readdir(folder)
  const file = files.find((each) => /^(licen[cs]e|copying|notice)/i.test(each))
  const licence = typeof license === 'string' ? license : (license?.type ?? 'see text')
  return {
    name,
    version,
    licence,
    text: file ? await readFile(join(folder, file), 'utf8').catch(() => '') : '',
  }
}

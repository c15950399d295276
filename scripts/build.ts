// Builds what Electron runs into a folder that has the application's layout: JavaScript of main/ and shared/, where they
// are in the sources, the shell and its preload script as one file each, and the window.
//
//   node scripts/build.ts [--out out/application] [--shell-target node24] [--window-target chrome146] [--prelude FILE]
//
// The prelude is put before the shell and the preload script: the tests use it to run them on an older Electron.
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { collectNotices } from '../main/core/notices.ts'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join('out', 'application') },
    'shell-target': { type: 'string', default: 'node24' },
    'window-target': { type: 'string', default: 'chrome146' },
    prelude: { type: 'string' },
  },
})
const out = resolve(root, values.out)

await rm(out, { recursive: true, force: true })
await mkdir(join(out, 'out'), { recursive: true })
await Promise.all(['main', 'shared'].map((folder) => stripFolder(folder)))
await buildShell()
process.env.HOURGLASS_TARGET = values['window-target']
await build({
  configFile: join(root, 'vite.renderer.config.ts'),
  logLevel: 'warn',
  build: { outDir: join(out, 'out', 'renderer') },
})
await writeFile(join(out, 'out', 'notices.json'), JSON.stringify(await collectNotices(root)))
await writeManifest()
// As heavy as all the rest, and the same: a packaged application gets a copy of its own.
await symlink(join(root, 'assets'), join(out, 'assets'), 'dir')

/** Types are erasable (erasableSyntaxOnly): what is left is the JavaScript that Node runs of the sources. */
async function stripFolder(folder: string): Promise<void> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((each) => each.isFile())) {
    const source = join(entry.parentPath, entry.name)
    const target = join(out, relative(root, source))
    if (entry.name === 'tsconfig.json' || source.includes(join('app', 'preload'))) continue
    await mkdir(dirname(target), { recursive: true })
    if (!entry.name.endsWith('.ts')) {
      await cp(source, target)
      continue
    }
    const names = new Set(await readdir(entry.parentPath))
    const code = stripTypeScriptTypes(await readFile(source, 'utf8'))
    // imports, and the names of modules that start a process or a thread, which stand beside their user
    const renamed = code
      .replace(/(\bfrom\s*|\bimport\s*\(?\s*)'(\.{1,2}\/[^']+)\.ts'/g, "$1'$2.js'")
      .replace(/'([\w-]+)\.ts'/g, (whole, name: string) => (names.has(`${name}.ts`) ? `'${name}.js'` : whole))
    await writeFile(target.replace(/\.ts$/, '.js'), renamed)
  }
}

async function buildShell(): Promise<void> {
  const prelude = values.prelude ? await readFile(resolve(root, values.prelude), 'utf8') : ''
  const entries = { main: 'main/app/main.ts', preload: 'main/app/preload/preload.ts' }
  for (const [name, entry] of Object.entries(entries)) {
    await build({
      ...{ configFile: false, root, logLevel: 'warn' },
      ssr: { noExternal: true },
      build: {
        ...{ ssr: join(root, entry), target: values['shell-target'], minify: false, emptyOutDir: false },
        outDir: join(out, 'out', 'app'),
        rolldownOptions: {
          external: ['electron', /^node:/],
          output: { format: 'cjs', entryFileNames: `${name}.cjs`, banner: prelude, codeSplitting: false },
        },
      },
    })
  }
}

async function writeManifest(): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  const { name, version, description, dependencies } = manifest
  const own = { name, version, description, dependencies, type: 'module', main: 'out/app/main.cjs' }
  await writeFile(join(out, 'package.json'), `${JSON.stringify(own, null, 2)}\n`)
}

// `npm run package`: builds the application and packs it for this platform, unpacked, with electron-builder.
//
//   npm run package [-- --electron FOLDER] [--application FOLDER]
//
// --electron names a folder that holds an Electron distribution; Electron's own, as npm brought it, by default.
// --application names a folder that scripts/build.ts has filled already.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { electron: { type: 'string' }, application: { type: 'string' } } })
const electron = resolve(root, values.electron ?? join('node_modules', 'electron', 'dist'))
const application = values.application ?? join('out', 'application')

if (!existsSync(electron)) {
  console.error(
    `package: there is no Electron at ${electron}: run node node_modules/electron/install.js, or name a folder that ` +
      'holds a distribution with --electron',
  )
  process.exit(4)
}
if (values.application === undefined) run([join(root, 'scripts', 'build.ts')])
const builder = join(root, 'node_modules', 'electron-builder', 'cli.js')
run([
  builder,
  '--dir',
  '--publish',
  'never',
  '--config',
  'electron-builder.yml',
  `-c.electronDist=${electron}`,
])

function run(parameters: readonly string[]): void {
  const { status } = spawnSync(process.execPath, ['--no-warnings', ...parameters], {
    ...{ cwd: root, stdio: 'inherit' },
    env: { ...process.env, HOURGLASS_APPLICATION: application },
  })
  if (status !== 0) process.exit(status ?? 1)
}

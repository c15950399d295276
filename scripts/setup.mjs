// Installs what is missing: npm packages, then TensorFlow. Plain JavaScript, because on a fresh machine it runs under
// whatever Node is there, before the project's own Node 24 is installed. Does nothing, fast, when all is in place.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampPath = join(modules, '.cache', 'hourglass-setup')
const say = (text) => console.error(`setup: ${text}`)

function fail(text) {
  say(text)
  process.exit(1)
}

const lock = readFileSync(join(root, 'package-lock.json'))
const packagesStamp = createHash('sha256').update(lock).digest('hex')
// The engine is set up anew when its installer, the device asked for, or the machine's driver changes.
const installer = ['packages.ts', 'binding.ts', 'library.ts', 'unpack.ts', 'install.ts'].map((name) =>
  readFileSync(join(root, 'main', 'engine', 'install', name)),
)
const wanted = [
  process.env.HOURGLASS_DEVICE,
  process.env.HOURGLASS_CACHE,
  existsSync('/proc/driver/nvidia/version'),
]
const engineStamp = createHash('sha256')
  .update(Buffer.concat(installer))
  .update(JSON.stringify(wanted))
  .digest('hex')
const stamps = existsSync(stampPath) ? readFileSync(stampPath, 'utf8').split('\n') : []
const binding = join(modules, '@tensorflow', 'tfjs-node-gpu', 'lib', 'napi-v8', 'tfjs_binding.node')
const library = join(modules, '@tensorflow', 'tfjs-node-gpu', 'deps', 'lib')

if (stamps[0] !== packagesStamp) {
  say('installing npm packages')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error } = spawnSync(
    npm,
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  )
  if (error) fail(`npm was not found (${error.message}): install Node.js with npm and start again.`)
  if (status !== 0)
    fail('npm could not install the packages: check the network and the disk, and start again.')
}
const ownNode = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
const node = existsSync(ownNode) ? ownNode : process.execPath
if (!existsSync(ownNode) && Number(process.versions.node.split('.')[0]) < 24) {
  fail(
    `no Node 24 comes as a package for ${process.platform} ${process.arch}: install Node 24 or newer and start again.`,
  )
}
if (stamps[1] !== engineStamp || !existsSync(binding) || !existsSync(library)) {
  const { status } = spawnSync(node, [join(root, 'main', 'engine', 'install', 'main.ts')], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(1)
}
if (stamps[0] !== packagesStamp || stamps[1] !== engineStamp) {
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(stampPath, `${packagesStamp}\n${engineStamp}\n`)
}

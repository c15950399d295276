// Installs what is missing: npm packages, then TensorFlow. Plain JavaScript, because on a fresh machine it runs under
// whatever Node is there, before the project's own Node 24 is installed. Does nothing, fast, when all is in place.
// Every npm script that needs the packages calls it by name: npm runs no `pre` scripts where `ignore-scripts` is set.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const installer = join(root, 'main', 'engine', 'install')
const stampPath = join(modules, '.cache', 'hourglass-setup')
const say = (text) => console.error(`setup: ${text}`)

function fail(text, exitCode = 1) {
  if (text) say(text)
  process.exit(exitCode)
}

function run(program, parameters, options) {
  const end = spawnSync(program, parameters, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (end.signal) fail('', 128 + constants.signals[end.signal])
  if (end.status === 130) fail('', 130)
  return end
}

/** npm's own record of what it put in, written last, against the lock file. */
function packagesAreIn() {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
  try {
    const wanted = read(join(root, 'package-lock.json'))
    const present = read(join(modules, '.package-lock.json'))
    return (
      Object.keys(present).every((path) => wanted[path]?.version === present[path].version) &&
      Object.keys(wanted).every((path) => path === '' || path in present || wanted[path].optional)
    )
  } catch {
    return false
  }
}

/** Changes with the installer, the device asked for, and the machine's driver: then the engine is set up anew. */
function engineStamp() {
  const hash = createHash('sha256')
  for (const name of readdirSync(installer).sort()) hash.update(readFileSync(join(installer, name)))
  const driver = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/usr/lib/wsl/lib/libcuda.so.1'].map(
    existsSync,
  )
  const { HOURGLASS_DEVICE, HOURGLASS_CACHE } = process.env
  return hash.update(JSON.stringify([HOURGLASS_DEVICE, HOURGLASS_CACHE, driver])).digest('hex')
}

if (!packagesAreIn()) {
  say('installing npm packages')
  const windows = process.platform === 'win32'
  const { status, error } = run(
    windows ? 'npm.cmd' : 'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { shell: windows },
  )
  if (error) fail(`npm was not found (${error.message}): install Node.js with npm and start again.`)
  if (status !== 0)
    fail('npm could not install the packages: check the network and the disk, and start again.')
}

const system = process.platform === 'win32' ? 'win' : process.platform
const ownNode = join(modules, `node-${system}-${process.arch}`, 'bin', system === 'win' ? 'node.exe' : 'node')
const node = existsSync(ownNode) ? ownNode : process.execPath
if (node !== ownNode && Number(process.versions.node.split('.')[0]) < 24) {
  fail(
    `no Node 24 comes as a package for ${process.platform} ${process.arch}: install Node 24 or newer and start again.`,
  )
}

const tfjs = join(modules, '@tensorflow', 'tfjs-node-gpu')
const parts = [join(tfjs, 'lib', 'napi-v8', 'tfjs_binding.node'), join(tfjs, 'deps', 'lib')]
const wanted = engineStamp()
const found = existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : ''
// `npm run setup` looks again even where all seems well: that is what a TensorFlow that does not load asks for.
if (found !== wanted || !parts.every(existsSync) || process.argv.includes('--again')) {
  rmSync(stampPath, { force: true })
  const { status, error } = run(node, [join(installer, 'main.ts')])
  if (error) fail(`the project's Node does not run here (${error.message}): it needs glibc 2.28 or newer.`)
  if (status !== 0) fail('')
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(stampPath, wanted)
}

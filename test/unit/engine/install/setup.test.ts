import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../../../main/platform/folders.ts'
import { shellScript, temporaryFolder } from '../../../fixtures/engine/fake-python.ts'

const posix = process.platform !== 'win32'

/** A checkout with the real scripts and an npm and an engine installer that only note that they were called. */
function checkout() {
  const root = temporaryFolder()
  const bin = temporaryFolder()
  const log = join(root, 'log')
  for (const name of ['package.json', '.npmrc', 'scripts/setup.mjs']) {
    cpSync(join(projectRoot, name), join(root, name))
  }
  const nodePackage = `node-${process.platform}-${process.arch}`
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': { version: '0.1.0' },
        'node_modules/one': { version },
        'node_modules/elsewhere': { version: '1.0.0', optional: true },
      },
    })
  const setLock = (version: string) => writeFileSync(join(root, 'package-lock.json'), lock(version))
  setLock('1.0.0')
  mkdirSync(join(root, 'main/engine/install'), { recursive: true })
  mkdirSync(join(root, 'main/cli'), { recursive: true })
  writeFileSync(
    join(root, 'main/engine/install/main.ts'),
    `import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
    appendFileSync('log', 'engine ' + (process.env.HOURGLASS_DEVICE as string || 'auto') + '\\n')
    if (existsSync('engine-fails')) process.exit(1)
    const tfjs = 'node_modules/@tensorflow/tfjs-node-gpu'
    mkdirSync(tfjs + '/lib/napi-v8', { recursive: true })
    mkdirSync(tfjs + '/deps/lib', { recursive: true })
    writeFileSync(tfjs + '/lib/napi-v8/tfjs_binding.node', '')`,
  )
  writeFileSync(
    join(root, 'main/cli/main.ts'),
    `console.log(process.execPath.includes('${nodePackage}'), process.argv.slice(2).join(' ') as string)`,
  )
  const realNpm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim()
  shellScript(
    bin,
    'npm',
    `[ "$1" = ci ] || exec '${realNpm}' "$@"
    echo "npm $*" >> '${log}'
    rm -rf node_modules
    [ -e npm-fails ] && exit 1
    mkdir -p node_modules/.bin node_modules/${nodePackage}/bin
    ln '${process.execPath}' node_modules/${nodePackage}/bin/node 2>/dev/null ||
      cp '${process.execPath}' node_modules/${nodePackage}/bin/node
    ln -s ../${nodePackage}/bin/node node_modules/.bin/node
    sed 's/"":{[^}]*},//; s/,"node_modules.elsewhere":{[^}]*}//' package-lock.json > node_modules/.package-lock.json`,
  )
  // As on a fresh machine: not with the project's own Node first in the PATH.
  const path = [
    bin,
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules')),
  ]
  const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
    const { HOURGLASS_DEVICE, HOURGLASS_CACHE, ...rest } = process.env
    return { ...rest, PATH: path.join(delimiter), ...env }
  }
  const call = (program: string, parameters: string[], env: NodeJS.ProcessEnv = {}) => {
    writeFileSync(log, '')
    const { status, stdout, stderr } = spawnSync(program, parameters, {
      cwd: root,
      encoding: 'utf8',
      env: environment(env),
    })
    const steps = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace(/^npm ci.*/, 'npm ci'))
    return { status, stdout, stderr, steps: steps.filter(Boolean) }
  }
  const setup = (env?: NodeJS.ProcessEnv) => call(process.execPath, ['scripts/setup.mjs'], env)
  return { root, bin, call, setup, setLock }
}

describe.skipIf(!posix)('the set-up script', () => {
  test('installs what is missing, then nothing', () => {
    const { root, setup, setLock } = checkout()
    expect(setup()).toMatchObject({ status: 0, steps: ['npm ci', 'engine auto'] })
    expect(setup()).toMatchObject({ status: 0, steps: [], stdout: '', stderr: '' })
    setLock('1.0.1')
    expect(setup().steps).toEqual(['npm ci', 'engine auto'])
    rmSync(join(root, 'node_modules/@tensorflow/tfjs-node-gpu/deps'), { recursive: true })
    expect(setup().steps).toEqual(['engine auto'])
  })

  test('follows the device asked for, and back', () => {
    const { setup } = checkout()
    setup()
    expect(setup({ HOURGLASS_DEVICE: 'cuda' }).steps).toEqual(['engine cuda'])
    expect(setup({ HOURGLASS_DEVICE: 'cuda' }).steps).toEqual([])
    expect(setup().steps).toEqual(['engine auto'])
  })

  test('what fails is tried again at the next start', () => {
    const { root, setup, setLock } = checkout()
    writeFileSync(join(root, 'npm-fails'), '')
    for (const _again of [1, 2]) {
      expect(setup()).toMatchObject({
        status: 1,
        steps: ['npm ci'],
        stderr: /check the network and the disk/,
      })
    }
    rmSync(join(root, 'npm-fails'))
    writeFileSync(join(root, 'engine-fails'), '')
    expect(setup()).toMatchObject({ status: 1, steps: ['npm ci', 'engine auto'] })
    expect(setup()).toMatchObject({ status: 1, steps: ['engine auto'] })
    rmSync(join(root, 'engine-fails'))
    expect(setup()).toMatchObject({ status: 0, steps: ['engine auto'] })
    // A failed change of device must not pass for the one before it.
    writeFileSync(join(root, 'engine-fails'), '')
    expect(setup({ HOURGLASS_DEVICE: 'cuda' }).status).toBe(1)
    rmSync(join(root, 'engine-fails'))
    expect(setup().steps).toEqual(['engine auto'])
    setLock('2.0.0')
    writeFileSync(join(root, 'npm-fails'), '')
    expect(setup().status).toBe(1)
    setLock('1.0.0')
    rmSync(join(root, 'npm-fails'))
    expect(setup()).toMatchObject({ status: 0, steps: ['npm ci', 'engine auto'] })
  })

  test('without npm', () => {
    const { setup } = checkout()
    expect(setup({ PATH: '/nowhere' })).toMatchObject({
      status: 1,
      stderr: /npm was not found .*: install Node\.js with npm and start again\./,
    })
  })

  test("comes first in the project's scripts, which then run under its own Node", () => {
    const { root, call } = checkout()
    const run = () => call('npm', ['run', '-s', 'hourglass', '--', 'denoise', 'a b.jpg'])
    expect(run()).toMatchObject({
      status: 0,
      steps: ['npm ci', 'engine auto'],
      stdout: 'true denoise a b.jpg\n',
    })
    expect(run().steps).toEqual([])
    expect(call('npm', ['run', '-s', 'setup']).steps).toEqual(['engine auto'])
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of ['start', 'test', 'bench']) expect(scripts[name]).toMatch(/^npm run -s ready && /)
  })
})

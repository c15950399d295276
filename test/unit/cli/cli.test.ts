import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
let folder = ''
let photos = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-cli-'))
  photos = join(folder, 'photos')
  await mkdir(join(photos, 'deeper'), { recursive: true })
  const sample = sharp(join(root, 'assets/samples/walrus.jpg'))
  for (const [name, left] of [
    ['a', 0],
    ['b', 200],
    ['deeper/c', 400],
  ] as const) {
    await sample
      .clone()
      .extract({ left, top: 200, width: 160, height: 120 })
      .jpeg({ quality: 95 })
      .toFile(join(photos, `${name}.jpg`))
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line as its user runs it; `onStart` may send signals. */
function hourglass(parameters: readonly string[], onStart?: (pid: number) => void): Promise<Ended> {
  const all = [join(root, 'main/cli/main.ts'), '--data', join(folder, 'data'), ...parameters]
  const child = spawn(process.execPath, all, { cwd: folder })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  onStart?.(child.pid!)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })))
}

test('a batch keeps the tree, goes on past bad files, and ends with a summary and exit code 1', async () => {
  await writeFile(join(photos, 'text.jpg'), 'no picture')
  await writeFile(join(photos, 'zero.png'), '')
  const output = join(folder, 'out')
  const { code, stdout, stderr } = await hourglass([
    'denoise',
    photos,
    '-r',
    '-o',
    output,
    '--sigma',
    '10',
    '--json',
  ])
  await rm(join(photos, 'text.jpg'))
  await rm(join(photos, 'zero.png'))
  expect(code).toBe(1)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stdout)).toMatchObject({ done: 3, failed: 2, skipped: 0, status: 'done' })
  expect(stderr).toMatch(/text\.jpg is not an image/)
  expect(stderr).toMatch(/zero\.png.*empty/)
  expect((await readdir(output)).sort()).toEqual(['a-denoised.jpg', 'b-denoised.jpg', 'deeper'])
  expect(await readdir(join(output, 'deeper'))).toEqual(['c-denoised.jpg'])
})

test('what is there is refused, skipped, or replaced, as asked', async () => {
  const denoise = (...more: string[]) =>
    hourglass([
      'denoise',
      join(photos, 'a.jpg'),
      '-o',
      join(folder, 'again'),
      '--sigma',
      '10',
      '--json',
      ...more,
    ])
  expect((await denoise()).code).toBe(0)
  const refused = await denoise()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/exists already: use --skip-existing or --overwrite/)
  expect(JSON.parse((await denoise('--skip-existing')).stdout)).toMatchObject({ skipped: 1, done: 0 })
  expect(JSON.parse((await denoise('--overwrite')).stdout)).toMatchObject({ done: 1 })
})

test('originals are never written to', async () => {
  const source = join(folder, 'original.jpg')
  await copyFile(join(photos, 'a.jpg'), source)
  const before = await readFile(source)
  const { code, stderr } = await hourglass([
    ...['denoise', source, '-o', folder, '--sigma', '10', '--output-template', '{name}{ext}', '--overwrite'],
  ])
  expect(code).toBe(1)
  expect(stderr).toMatch(/original\.jpg/)
  expect(await readFile(source)).toEqual(before)
})

test('two pictures never become one file, not even when told to overwrite', async () => {
  const output = join(folder, 'one-name')
  const { code, stdout, stderr } = await hourglass([
    ...[
      'denoise',
      photos,
      '-r',
      '-o',
      output,
      '--sigma',
      '10',
      '--output-template',
      'same',
      '--overwrite',
      '--json',
    ],
  ])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ done: 1, failed: 2 })
  expect(stderr).toMatch(/two pictures would both become .*same\.jpg/)
})

test('results of an earlier run below the folder are not taken for photos', async () => {
  const denoise = () =>
    hourglass([
      'denoise',
      photos,
      '-r',
      '-o',
      join(photos, 'results'),
      '--sigma',
      '10',
      '--json',
      '--overwrite',
    ])
  expect(JSON.parse((await denoise()).stdout).done).toBe(3)
  expect(JSON.parse((await denoise()).stdout).done).toBe(3)
  await rm(join(photos, 'results'), { recursive: true })
})

test('a folder that cannot be made is named, and wrong use is JSON, too', async () => {
  const blocked = join(photos, 'a.jpg', 'below')
  const { code, stdout } = await hourglass([
    'denoise',
    join(photos, 'b.jpg'),
    '-o',
    blocked,
    '--sigma',
    '10',
    '--json',
  ])
  expect(code).toBe(1)
  expect(JSON.parse(stdout).items[0].error).toMatchObject({ code: 'unreadable', message: /a\.jpg is a file/ })
  const wrong = await hourglass(['denoise', '--json'])
  expect(wrong.code).toBe(2)
  expect(JSON.parse(wrong.stdout).error.code).toBe('bad-input')
  const noise = await hourglass(['noise', photos, '--set', 'sigma=1', '--json'])
  expect(noise.code).toBe(2)
  expect(JSON.parse(noise.stdout).error.message).toMatch(/no parameter "sigma"/)
})

test('the same seed gives the same noisy file, another one another', async () => {
  const noisy = async (name: string, seed: number) => {
    const set = ['--set', 'sigma255=25', '--format', 'png16', '--seed', String(seed)]
    await hourglass(['noise', join(photos, 'b.jpg'), '-o', join(folder, name), ...set])
    return readFile(join(folder, name, 'b-gaussian.png'))
  }
  const [first, same, other] = [await noisy('n1', 1), await noisy('n2', 1), await noisy('n3', 2)]
  expect(first.equals(same)).toBe(true)
  expect(first.equals(other)).toBe(false)
})

test('imported photos are found again, duplicates recognised', async () => {
  await copyFile(join(photos, 'a.jpg'), join(photos, 'copy.jpg'))
  const first = JSON.parse((await hourglass(['import', photos, '-r', '--json'])).stdout)
  await rm(join(photos, 'copy.jpg'))
  expect(first).toMatchObject({ added: 3, duplicate: 1, failed: [] })
  const second = JSON.parse((await hourglass(['import', photos, '-r', '--json'])).stdout)
  expect(second).toMatchObject({ added: 0, known: 3 })
})

test('wrong use says what is expected, with exit code 2 or 3', async () => {
  const missing = await hourglass(['denoise', join(folder, 'nowhere.jpg')])
  expect(missing).toMatchObject({ code: 3, stderr: expect.stringMatching(/nowhere\.jpg does not exist/) })
  const model = await hourglass(['denoise', photos, '--model', 'nobody'])
  expect(model).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/no model 'nobody'; there are: .*denoiser/),
  })
  const sigma = await hourglass(['denoise', photos, '--sigma', '300'])
  expect(sigma).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/expected 'auto' or a number from 0 to 255/),
  })
  const compressing = ['--task', 'compress', '--self-supervised']
  const clean = await hourglass(['train', '--images', photos, '--steps', '1', ...compressing])
  expect(clean.code).toBe(2)
  expect(clean.stderr).toContain('--self-supervised is for --task denoise')
  const setting = await hourglass(['train', '--images', photos, '--steps', '1', '--set', 'learnRate=1'])
  expect(setting).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no setting 'learnRate'; there are: .*learningRate/),
  })
})

test('Ctrl-C stops a batch within a second; the job can go on', async () => {
  for (let i = 0; i < 12; i++) await copyFile(join(photos, 'a.jpg'), join(photos, `many-${i}.jpg`))
  const output = join(folder, 'stopped')
  let stoppedAt = 0
  const stopped = await hourglass(
    ['denoise', photos, '-o', output, '--sigma', '10', '--json'],
    async (pid) => {
      while ((await readdir(output).catch(() => [])).length < 2)
        await new Promise((resolve) => setTimeout(resolve, 10))
      stoppedAt = performance.now()
      process.kill(pid, 'SIGINT')
    },
  )
  expect(performance.now() - stoppedAt).toBeLessThan(1500) // a second, and the end of two processes
  expect(stopped.code).toBe(130)
  const { job, status, left } = JSON.parse(stopped.stdout)
  expect(status).toBe('interrupted')
  expect(left).toBeGreaterThan(0)
  const resumed = await hourglass(['jobs', 'resume', String(job), '--json'])
  expect(resumed.code).toBe(0)
  expect(JSON.parse(resumed.stdout)).toMatchObject({ done: 14, left: 0 })
  expect((await readdir(output)).filter((name) => !name.startsWith('.'))).toHaveLength(14)
})

test('the demo takes noise out of each bundled photo, compresses it, and writes the pictures side by side', async () => {
  const output = join(folder, 'demo')
  const { code, stdout } = await hourglass(['demo', '-o', output, '--json'])
  expect(code).toBe(0)
  const { rows, compressed } = JSON.parse(stdout)
  expect(rows).toHaveLength(4)
  for (const { psnrBefore, psnrAfter, ssimBefore, ssimAfter, picture } of rows) {
    expect(psnrAfter).toBeGreaterThan(psnrBefore + 8)
    expect(ssimAfter).toBeGreaterThan(ssimBefore + 0.3)
    const { width = 0, height = 0 } = await sharp(picture).metadata()
    expect(width).toBeGreaterThan(3 * 1024)
    expect(height).toBeGreaterThan(683)
  }
  expect(compressed).toHaveLength(4)
  for (const { originalBytes, bytes, psnrDb, file, picture } of compressed) {
    expect(bytes).toBeLessThan(originalBytes / 2)
    expect((await readFile(file)).length).toBe(bytes)
    expect(psnrDb).toBeGreaterThan(31)
    expect((await sharp(picture).metadata()).width).toBeGreaterThan(2 * 1024)
  }
})

test('doctor says what there is, as one JSON object', async () => {
  const { code, stdout } = await hourglass(['doctor', '--json', '--device', 'cpu'])
  expect(code).toBe(0)
  const report = JSON.parse(stdout)
  expect(report.engine).toMatchObject({ device: 'cpu', versions: { tfjs: '4.22.0' } })
  expect(report.speed.gflopPerSecond).toBeGreaterThan(1)
  expect(report.images.reads).toContain('avif')
  expect(report.catalog.problems).toEqual([])
})

import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readImage } from '../../../main/imaging/read.ts'
import { type CommandLine, commandLine, root } from './command-line.ts'

let cli: CommandLine
let photos = ''
const names = ['turned.dng', 'ten.heic', 'alpha.heic']
const camera = join(root, 'test/fixtures/camera')

beforeAll(async () => {
  cli = await commandLine()
  photos = join(cli.folder, 'photos')
  await mkdir(photos)
  for (const name of names) await copyFile(join(camera, name), join(photos, name))
})
afterAll(() => cli.remove())

/** How many of a picture's values 8 bits could not hold. */
async function deepValues(path: string): Promise<number> {
  const { depth, pixels } = await readImage(path)
  return depth === 16 ? pixels.filter((value) => value % 257 !== 0).length / pixels.length : 0
}

/** Results of the files of more than 8 bits keep what 8 bits could not hold. */
async function expectDepth(folder: string, names: string[]): Promise<void> {
  for (const name of names) expect(await deepValues(join(folder, name)), name).toBeGreaterThan(0.9)
}

// Each command is a process of its own, most with an engine: slow where much else runs.
const limits = { timeout: 180_000 }
const raw = () => join(photos, 'turned.dng')
const folderOf = (name: string) => join(cli.folder, name)

test('RAW and HEIC are imported', limits, async () => {
  expect(await cli.json('import', photos)).toMatchObject({ code: 0, result: { added: 3, failed: [] } })
})

test(
  'they are denoised into formats that are written, at their own depth; originals stay',
  limits,
  async () => {
    const before = await Promise.all(names.map((name) => readFile(join(photos, name))))
    const options = ['--sigma', '5', '-o', folderOf('clean'), '--output-template', '{name}']
    expect(await cli.json('denoise', photos, ...options)).toMatchObject({ code: 0, result: { done: 3 } })
    expect((await readdir(folderOf('clean'))).sort()).toEqual(['alpha.jpg', 'ten.png', 'turned.png'])
    await expectDepth(folderOf('clean'), ['ten.png', 'turned.png'])
    expect(await Promise.all(names.map((name) => readFile(join(photos, name))))).toEqual(before)
    const refused = await cli.run('denoise', photos, '--format', 'dng')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/png16, tiff16/) })
  },
)

test('noise is added to a RAW at 16 bits', limits, async () => {
  const options = [
    '--set',
    'sigma255=2',
    '--seed',
    '1',
    '-o',
    folderOf('noisy'),
    '--output-template',
    '{name}',
  ]
  expect(await cli.json('noise', raw(), ...options)).toMatchObject({ code: 0, result: { done: 1 } })
  await expectDepth(folderOf('noisy'), ['turned.png'])
})

test('a RAW is compressed, and comes back at 16 bits', limits, async () => {
  const [small, back] = [folderOf('small'), folderOf('back')]
  expect(await cli.json('compress', raw(), '-o', small)).toMatchObject({ code: 0, result: { done: 1 } })
  expect(await cli.json('decompress', small, '-o', back)).toMatchObject({ code: 0, result: { done: 1 } })
  await expectDepth(back, ['turned.png'])
})

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

test('RAW and HEIC go through every command, at 16 bits where they have them; originals stay', async () => {
  const before = await Promise.all(names.map((name) => readFile(join(photos, name))))
  const [clean, noisy, small, back] = ['clean', 'noisy', 'small', 'back'].map((name) =>
    join(cli.folder, name),
  )

  const imported = await cli.json('import', photos)
  expect(imported).toMatchObject({ code: 0, result: { added: 3, failed: [] } })

  const denoised = await cli.json(
    'denoise',
    photos,
    '--sigma',
    '5',
    '-o',
    clean,
    '--output-template',
    '{name}',
  )
  expect(denoised).toMatchObject({ code: 0, result: { done: 3 } })
  expect((await readdir(clean)).sort()).toEqual(['alpha.jpg', 'ten.png', 'turned.png'])

  const options = ['--model', 'gaussian', '--set', 'sigma255=2', '--seed', '1', '-o', noisy]
  expect(await cli.json('noise', photos, ...options)).toMatchObject({ code: 0, result: { done: 3 } })

  expect(await cli.json('compress', photos, '-o', small)).toMatchObject({ code: 0, result: { failed: 0 } })
  expect(await cli.json('decompress', small, '-o', back)).toMatchObject({ code: 0, result: { failed: 0 } })
  for (const folder of [clean, noisy, back]) {
    const results = (await readdir(folder)).filter((name) => /^(turned|ten).*png$/.test(name))
    expect(results).not.toEqual([])
    for (const name of results) expect(await deepValues(join(folder, name)), name).toBeGreaterThan(0.9)
  }
  expect(await Promise.all(names.map((name) => readFile(join(photos, name))))).toEqual(before)

  const refused = await cli.run('denoise', photos, '--format', 'dng')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/png16, tiff16/) })
})

import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CommandLine, commandLine, root } from './command-line.ts'

let cli: CommandLine
let photos = ''

beforeAll(async () => {
  cli = await commandLine()
  photos = join(cli.folder, 'photos')
  await mkdir(join(photos, 'deeper'), { recursive: true })
  const sample = sharp(join(root, 'assets/samples/walrus.jpg')).keepMetadata()
  for (const [name, left] of [
    ['a', 0],
    ['deeper/b', 300],
  ] as const) {
    await sample
      .clone()
      .extract({ left, top: 200, width: 190, height: 130 })
      .jpeg({ quality: 98 })
      .toFile(join(photos, `${name}.jpg`))
  }
})
afterAll(() => cli.remove())

/** dB between two picture files, at 8 bits. */
async function psnrOf(a: string, b: string): Promise<number> {
  const [x, y] = await Promise.all([a, b].map((path) => sharp(path).removeAlpha().raw().toBuffer()))
  let sum = 0
  for (const [i, value] of x!.entries()) sum += (value - y![i]!) ** 2
  return 10 * Math.log10((255 ** 2 * x!.length) / sum)
}

test('a folder becomes small files with the PSNR that is reported, and pictures again', async () => {
  const [small, back] = [join(cli.folder, 'small'), join(cli.folder, 'back')]
  const before = await readFile(join(photos, 'a.jpg'))
  const run = await cli.json('compress', photos, '-r', '-o', small, '--quality', '50')
  expect(run).toMatchObject({ code: 0, result: { done: 2, failed: 0 } })
  for (const { input, output, facts } of run.result.items) {
    const { size } = await stat(output)
    expect(facts).toMatchObject({ quality: expect.closeTo(50, 1), bytes: size })
    expect(facts.bitsPerPixel).toBeCloseTo((8 * size) / (190 * 130), 6)
    expect(facts.savedShare).toBeCloseTo(1 - size / (await stat(input)).size, 6)
    expect(facts.savedShare).toBeGreaterThan(0.5)
  }
  expect(await readFile(join(photos, 'a.jpg'))).toEqual(before)
  expect((await readdir(small, { recursive: true })).sort()).toEqual(['a.hgi', 'deeper', 'deeper/b.hgi'])

  const decoded = await cli.json('decompress', small, '-r', '-o', back)
  expect(decoded).toMatchObject({ code: 0, result: { done: 2 } })
  for (const [i, name] of ['a', 'deeper/b'].entries()) {
    const psnr = await psnrOf(join(photos, `${name}.jpg`), join(back, `${name}.png`))
    expect(psnr).toBeGreaterThan(28)
    expect(psnr).toBeCloseTo(run.result.items[i].facts.psnr_dB, 2)
  }
})

test('what is there is skipped or refused, as with every batch', async () => {
  const output = join(cli.folder, 'again')
  const compress = (...more: string[]) => cli.json('compress', join(photos, 'a.jpg'), '-o', output, ...more)
  expect((await compress()).result).toMatchObject({ done: 1 })
  expect((await compress('--skip-existing')).result).toMatchObject({ done: 0, skipped: 1 })
  const refused = await compress()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/a\.hgi exists already/)
})

test('targets are met: bits per pixel, bytes, dB', async () => {
  const path = join(photos, 'a.jpg')
  const compress = async (name: string, value: string) => {
    const output = join(cli.folder, `target${name}`)
    return (await cli.json('compress', path, '-o', output, name, value)).result.items[0].facts
  }
  const bpp = await compress('--bpp', '0.8')
  expect(bpp.bitsPerPixel).toBeLessThanOrEqual(0.8)
  expect(bpp.bitsPerPixel).toBeGreaterThan(0.78)
  const size = await compress('--size', '2.5kB')
  expect(size.bytes).toBeLessThanOrEqual(2500)
  expect(size.bytes).toBeGreaterThan(2430)
  const psnr = await compress('--psnr', '33')
  expect(psnr.psnr_dB).toBeGreaterThanOrEqual(33)
  expect(psnr.psnr_dB).toBeLessThan(33.1)
})

test('a target out of reach is refused with what is in it; one that is too easy gives the best there is', async () => {
  const compress = (name: string, ...more: string[]) =>
    cli.run('compress', join(photos, 'a.jpg'), '-o', join(cli.folder, name), ...more)
  const refused = await compress('no', '--psnr', '70')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/the best this photo can be is \d\d\.\d\d dB; 70 dB was asked for/)
  const easy = await compress('easy', '--size', '1MB')
  expect(easy.code).toBe(0)
  expect(easy.stdout).toMatch(/quality 100\.0 .* smaller than asked for, at the best quality there is/)
  const two = await cli.json('compress', photos, '--psnr', '40', '--size', '1kB')
  expect(two).toMatchObject({ code: 2, result: { error: { code: 'bad-input' } } })
  expect((await cli.json('compress', photos, '--size', 'much')).code).toBe(2)
})

test('a file that would be larger than its original is left out and said so', async () => {
  const output = join(cli.folder, 'left')
  const low = join(cli.folder, 'low.jpg')
  await sharp(join(photos, 'a.jpg')).jpeg({ quality: 1 }).toFile(low)
  const run = await cli.json('compress', low, '-o', output, '--quality', '100')
  expect(run).toMatchObject({ code: 0, result: { done: 0, skipped: 1 } })
  expect(run.result.items[0].facts.left).toMatch(/would take \d+ bytes, the original has \d+: left out/)
  expect(await readdir(output).catch(() => [])).toEqual([])
})

test('a codec that is passed on opens the files made with it', async () => {
  const mine = join(cli.folder, 'mine')
  await cp(join(root, 'assets/models/codec'), mine, { recursive: true })
  const card = JSON.parse(await readFile(join(mine, 'card.json'), 'utf8'))
  // Other weights under another name, so that the bundled ones cannot stand in for them.
  const weights = await readFile(join(mine, 'weights.safetensors'))
  const headerLength = Number(weights.readBigUInt64LE(0))
  const header = JSON.parse(weights.toString('utf8', 8, 8 + headerLength))
  weights[8 + headerLength + header['synthesis.4.weight'].data_offsets[0]]! ^= 1
  const sha256 = createHash('sha256').update(weights).digest('hex')
  await writeFile(join(mine, 'weights.safetensors'), weights)
  await writeFile(
    join(mine, 'card.json'),
    JSON.stringify({ ...card, id: 'mine', weights: { ...card.weights, sha256 } }),
  )
  expect((await cli.run('models', 'import', mine)).code).toBe(0)
  const output = join(cli.folder, 'by-mine')
  await cli.run('compress', join(photos, 'a.jpg'), '-o', output, '--model', 'mine')
  const file = join(output, 'a.hgi')
  const told = await cli.json('info', file)
  expect(told.result.files[0]).toMatchObject({ model: 'mine', modelPrefix: sha256.slice(0, 16) })
  await cli.run('models', 'export', 'mine', join(cli.folder, 'to-send'))

  const other = await commandLine()
  try {
    const without = await other.json('decompress', file)
    expect(without).toMatchObject({ code: 1, result: { failed: 1 } })
    expect(without.stderr).toContain(`the model 'mine' of hash ${sha256.slice(0, 16)}`)
    expect((await other.run('models', 'import', join(cli.folder, 'to-send/mine'))).code).toBe(0)
    expect((await other.json('decompress', file)).result).toMatchObject({ done: 1 })
    expect((await other.json('verify', file)).result).toMatchObject({ whole: 1, damaged: 0 })
  } finally {
    await other.remove()
  }
})

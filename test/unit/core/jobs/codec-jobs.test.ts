import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Core, openCore } from '../../../../main/core/core.ts'
import type { EngineTasks } from '../../../../main/core/engine-tasks.ts'
import { type CompressInput, compressWork } from '../../../../main/core/jobs/compress-job.ts'
import { type DecompressInput, decompressWork } from '../../../../main/core/jobs/decompress-job.ts'
import { type BatchInput, runPictureBatch } from '../../../../main/core/jobs/picture-batch.ts'
import { verifyFile } from '../../../../main/core/verify.ts'
import { Engine } from '../../../../main/engine/host.ts'
import { hashFile } from '../../../../main/imaging/hash.ts'
import { noMetadata, type Raster } from '../../../../main/imaging/raster.ts'
import { readImage } from '../../../../main/imaging/read.ts'
import { writeImage } from '../../../../main/imaging/write.ts'
import { Random } from '../../../../shared/random.ts'
import { fixture } from '../../imaging/folder.ts'

// The jobs and all they stand on, with a codec that needs no TensorFlow.
let folder: string
let core: Core
const sha256 = '0123456789abcdef'.repeat(4)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-codec-jobs-'))
  const opened = await openCore({ data: join(folder, 'data'), device: 'cpu' })
  const entry = join(import.meta.dirname, '../../../fixtures/engine/block-codec.ts')
  core = { ...opened, inference: new Engine<EngineTasks>(entry), close: opened.close }
  core.catalog.models.add({
    ...{ id: 'blocks', sha256, task: 'compress', architecture: 'blocks', folder, card: {} },
  })
})
afterAll(async () => {
  await core.inference.close()
  await core.close()
  await rm(folder, { recursive: true })
})

function batch(name: string): BatchInput {
  return {
    ...{ output: join(folder, name), template: '{folder}/{name}{ext}', format: 'same', metadata: 'all' },
    ...{ skipExisting: false, overwrite: false, concurrency: 2, relativePaths: {} },
  }
}

async function compress(name: string, paths: readonly string[], more: Partial<CompressInput> = {}) {
  const target = { kind: 'quality', value: 40 } as const
  const input: CompressInput = { ...batch(name), model: 'blocks', target, effort: 1, ...more }
  const pictures = paths.map((path) => ({ path, relativePath: path.split('/').at(-1)! }))
  return (await runPictureBatch(core, 'compress', input, pictures, compressWork(core, 'blocks'))).items
}

async function decompress(name: string, paths: readonly string[], more: Partial<DecompressInput> = {}) {
  const input: DecompressInput = { ...batch(name), region: null, longestSide: null, ...more }
  const files = paths.map((path) => ({ path, relativePath: path.split('/').at(-1)! }))
  return (await runPictureBatch(core, 'decompress', input, files, decompressWork(core))).items
}

/** Waves with a little noise, which takes bytes where nothing is lost. */
async function picture(
  name: string,
  raster: Omit<Raster, 'metadata' | 'pixels' | 'alpha'>,
  { hasAlpha = false, noise = 0.03, tags = noMetadata } = {},
) {
  const random = new Random([7])
  const { width, height, channels, depth } = raster
  const peak = depth === 8 ? 255 : 65535
  const make = (count: number, at: (x: number, y: number) => number) => {
    const values = Array.from({ length: width * height * count }, (_, i) => {
      const pixel = Math.floor(i / count)
      return Math.round(peak * at(pixel % width, Math.floor(pixel / width)))
    })
    return depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values)
  }
  const pixels = make(channels, (x, y) => {
    const wave = 0.3 * Math.sin(x / 50) + 0.15 * Math.cos(y / 40)
    return 0.5 + wave + noise * (random.uniform() - 0.5)
  })
  const alpha = hasAlpha ? make(1, (x, y) => (x * y) / (width * height)) : null
  const path = join(folder, name)
  await writeImage(
    path,
    { ...raster, pixels, alpha, metadata: tags },
    {
      ...{ format: depth === 8 ? 'png' : 'png16' },
    },
  )
  return path
}

const large = { width: 1200, height: 100, channels: 3, depth: 8 } as const

test('pictures of every kind go there and back, with what the report says', async () => {
  const paths = [
    await picture('rgb8.png', { width: 90, height: 70, channels: 3, depth: 8 }),
    await picture('grey16.png', { width: 130, height: 65, channels: 1, depth: 16 }, { hasAlpha: true }),
    await picture('rgb16.png', { width: 64, height: 64, channels: 3, depth: 16 }),
  ]
  const coded = await compress('kinds', paths)
  expect(coded.map(({ status }) => status)).toEqual(['done', 'done', 'done'])
  const decoded = await decompress(
    'kinds-back',
    coded.map(({ output }) => output!),
  )
  for (const [i, { facts }] of coded.entries()) {
    const [original, back] = [await readImage(paths[i]!), await readImage(decoded[i]!.output!)]
    const { width, height, channels, depth, alpha } = original
    expect(back).toMatchObject({ width, height, channels, depth })
    expect(back.alpha).toEqual(alpha)
    const peak = depth === 8 ? 255 : 65535
    let error = 0
    for (const [k, value] of original.pixels.entries()) error += (value - back.pixels[k]!) ** 2
    expect(facts!.psnr_dB).toBeCloseTo(10 * Math.log10((peak ** 2 * original.pixels.length) / error), 6)
    expect(facts!.bytes).toBe(statSync(coded[i]!.output!).size)
    expect(facts!.originalBytes).toBe(statSync(paths[i]!).size)
  }
})

test('metadata goes along byte for byte, as wished', async () => {
  const { metadata: tags } = await readImage(fixture('tagged.png'))
  const path = await picture('tagged.png', { ...large, width: 90 }, { tags })
  const before = await readImage(path)
  expect(before.metadata.exif).not.toBe(null)
  for (const metadata of ['all', 'none'] as const) {
    const [coded] = await compress(`tagged-${metadata}`, [path], { metadata })
    expect(coded).toMatchObject({ status: 'done' })
    const [decoded] = await decompress(`tagged-back-${metadata}`, [coded!.output!])
    const { icc, exif, xmp } = (await readImage(decoded!.output!)).metadata
    expect(icc).toEqual(before.metadata.icc)
    expect(exif).toEqual(metadata === 'all' ? before.metadata.exif : null)
    expect(xmp).toEqual(metadata === 'all' ? before.metadata.xmp : null)
  }
})

test('each code is in the catalog, by the hashes of picture and model', async () => {
  const path = await picture('known.png', { width: 80, height: 80, channels: 3, depth: 8 })
  const [item] = await compress('known', [path])
  const code = core.catalog.codes.ofImage(await hashFile(path))[0]
  expect(code).toMatchObject({
    ...{ quality: expect.closeTo(40, 1), bytes: item!.facts!.bytes, psnrDb: item!.facts!.psnr_dB },
    ...{ modelSha256: sha256, fileSha256: await hashFile(item!.output!) },
    ...{ path: item!.output, bitsPerPixel: item!.facts!.bitsPerPixel },
  })
})

test('a file larger than its original is left out, and the report says by how much', async () => {
  const path = await picture('smooth.png', { ...large, width: 90 }, { noise: 0 })
  const [item] = await compress('left', [path], { target: { kind: 'quality', value: 100 } })
  expect(item).toMatchObject({ status: 'skipped', output: null })
  expect(item!.facts!.left).toMatch(/^its file would take \d+ bytes, the original has \d+: left out$/)
  expect(existsSync(join(folder, 'left'))).toBe(false)
})

test('a region and a small version equal those of the whole picture', async () => {
  const [coded] = await compress('large', [await picture('large.png', large, { hasAlpha: true })])
  const [whole] = await decompress('whole', [coded!.output!])
  const region = { x: 1000, y: 20, width: 60, height: 50 }
  const [part] = await decompress('part', [coded!.output!], { region })
  const place = { left: region.x, top: region.y, width: region.width, height: region.height }
  const raw = (image: ReturnType<typeof sharp>) => image.raw().toBuffer()
  expect(await raw(sharp(part!.output!))).toEqual(await raw(sharp(whole!.output!).extract(place)))

  // Alpha apart: sharp would weigh colours with it.
  const [opaque] = await compress('opaque', [await picture('opaque.png', large)])
  const [small] = await decompress('thumbnail', [opaque!.output!], { longestSide: 300 })
  const [full] = await decompress('full', [opaque!.output!])
  const [means, shrunk] = [
    await raw(sharp(small!.output!)),
    await raw(sharp(full!.output!).resize(300, 25, { kernel: 'linear' })),
  ]
  expect(means).toHaveLength(300 * 25 * 3)
  expect(Math.max(...means.map((value, i) => Math.abs(value - shrunk[i]!)))).toBeLessThan(8)
  const outside = await decompress('outside', [coded!.output!], { region: { ...region, x: 1190 } })
  expect(outside[0]).toMatchObject({ status: 'failed', error: { code: 'bad-input' } })
})

test('a damaged tile is named by decompress and by verify, and the rest is there', async () => {
  const [coded] = await compress('whole-file', [await picture('hurt.png', large)])
  const path = coded!.output!
  expect(await verifyFile(core, path)).toEqual({ path, damage: [], tiles: 2, unchecked: null })
  const bytes = readFileSync(path)
  bytes[bytes.length - 20]! ^= 0x40
  const hurt = join(folder, 'hurt.hgi')
  writeFileSync(hurt, bytes)
  for (const isQuick of [true, false]) {
    const { damage } = await verifyFile(core, hurt, { isQuick })
    expect(damage).toHaveLength(1)
    expect(damage[0]).toMatch(/^tile 1 \(.*at 1024, 0\)/)
  }
  const [sound, mended] = [await decompress('sound', [path]), await decompress('mended', [hurt])]
  expect(mended[0]).toMatchObject({ status: 'done', facts: { damage: /tile 1/ } })
  expect(sound[0]!.facts!.damage).toBe(undefined)
  const left = { left: 0, top: 0, width: 1024 - 64, height: 100 }
  const raw = (file: string) => sharp(file).extract(left).raw().toBuffer()
  expect(await raw(mended[0]!.output!)).toEqual(await raw(sound[0]!.output!))
})

test('a file whose model is missing says its hash, and what to do', async () => {
  const [coded] = await compress('foreign', [await picture('foreign.png', { ...large, width: 64 })])
  const model = core.catalog.models.byId('blocks')!
  core.catalog.models.remove('blocks')
  const [failed] = await decompress('no-model', [coded!.output!])
  const { damage, unchecked } = await verifyFile(core, coded!.output!)
  core.catalog.models.add({ ...model, parentId: model.parentId ?? 'none' })
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'not-found' } })
  expect(damage).toEqual([])
  expect(unchecked).toBe(failed!.error!.message)
  expect(failed!.error!.message).toMatch(
    /of hash 0123456789abcdef, which is not on this machine.*models import/,
  )
})

test('what is damaged beside tiles is left out and said; a file without one sound tile is refused', async () => {
  const size = { width: 100, height: 60, channels: 3, depth: 8 } as const
  const [coded] = await compress('parts', [await picture('parts.png', size, { hasAlpha: true })])
  const bytes = readFileSync(coded!.output!)
  const hurt = async (name: string, change: (bytes: Buffer) => Uint8Array) => {
    const path = join(folder, `${name}.hgi`)
    writeFileSync(path, change(Buffer.from(bytes)))
    const { damage } = await verifyFile(core, path).catch(({ code }) => ({ damage: [code] }))
    return { damage, item: (await decompress(name, [path]))[0]! }
  }
  const alphaAt = bytes.indexOf('IHDR') // the alpha plane is a PNG
  const alpha = await hurt('alpha', (copy) => copy.fill(0, alphaAt, alphaAt + 4))
  expect(alpha.damage).toEqual(['alpha plane: its bytes do not have their checksum'])
  expect(alpha.item).toMatchObject({ status: 'done', facts: { damage: /^alpha: / } })
  expect((await readImage(alpha.item.output!)).alpha).toBe(null)

  const tile = await hurt('tile', (copy) => copy.fill(0, 100, 110))
  expect(tile.damage).toEqual([expect.stringMatching(/^tile 0 \(100 x 60 pixels at 0, 0\)/)])
  expect(tile.item).toMatchObject({
    status: 'failed',
    error: { code: 'corrupt', message: /its one tile cannot/ },
  })
  const short = await hurt('short', (copy) => copy.subarray(0, bytes.length - 5))
  expect(short.damage).toEqual([expect.stringMatching(/^model name: the file is cut short/)])
  expect(short.item.status).toBe('done')
  const long = await hurt('long', (copy) => Buffer.concat([copy, Buffer.alloc(3)]))
  expect(long).toMatchObject({ damage: ['3 bytes follow its end'], item: { status: 'done' } })
  const head = await hurt('head', (copy) => copy.fill(0, 18, 20))
  expect(head).toMatchObject({ damage: ['corrupt'], item: { status: 'failed', error: { code: 'corrupt' } } })
})

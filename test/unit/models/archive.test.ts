import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mostBytes, unpackModel } from '../../../main/models/archive.ts'
import { zipOf } from '../../fixtures/zip.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-archive-'))
})
afterAll(() => rm(folder, { recursive: true }))

const [card, weights] = [Buffer.from('{"id":"x"}'), Buffer.alloc(100_000, 7)]
let count = 0

/** Unpacks a zip file of these bytes. @returns the folder it went to */
async function unpack(bytes: Buffer): Promise<string> {
  const path = join(folder, `${++count}.zip`)
  await writeFile(path, bytes)
  const target = join(folder, String(count))
  await unpackModel(path, target)
  return target
}

test.each(['', 'mine/', 'a/b/mine/', '../../mine/'])(
  'a model in %j comes out, and nothing beside it',
  async (at) => {
    const others = { 'README.md': Buffer.from('read me'), '__MACOSX/mine/._card.json': Buffer.from('x') }
    const zip = zipOf({ ...others, [`${at}card.json`]: card, [`${at}weights.safetensors`]: weights })
    // A name that leads out of the zip file is refused by its reader, whatever it is.
    if (at.startsWith('..')) return expect(unpack(zip)).rejects.toMatchObject({ code: 'corrupt' })
    const target = await unpack(zip)
    expect((await readdir(target)).sort()).toEqual(['card.json', 'weights.safetensors'])
    expect(await readFile(join(target, 'card.json'))).toEqual(card)
    expect(await readFile(join(target, 'weights.safetensors'))).toEqual(weights)
  },
)

test('no model, half a model, two models, and no zip file are refused by name', async () => {
  const both = (at: string) => ({ [`${at}/card.json`]: card, [`${at}/weights.safetensors`]: weights })
  const missing = { code: 'not-found', message: expect.stringContaining('expected one folder') }
  await expect(unpack(zipOf({ 'notes.txt': card }))).rejects.toMatchObject(missing)
  await expect(
    unpack(zipOf({ 'a/card.json': card, 'b/weights.safetensors': weights })),
  ).rejects.toMatchObject(missing)
  await expect(unpack(zipOf({ ...both('a'), ...both('b') }))).rejects.toMatchObject({
    ...{ code: 'not-found', message: expect.stringContaining('2 models') },
  })
  await expect(unpack(Buffer.from('no zip file'))).rejects.toMatchObject({ code: 'corrupt' })
  await expect(unpack(zipOf(both('a')).subarray(0, 50_000))).rejects.toMatchObject({ code: 'corrupt' })
})

test('what says that it is too large is not begun, and what is larger than it says is stopped', async () => {
  const zip = zipOf({ 'card.json': card, 'weights.safetensors': weights })
  const sizeAt = zip.lastIndexOf('weights.safetensors') - 22 // of the uncompressed bytes, in the directory
  expect(zip.readUInt32LE(sizeAt)).toBe(weights.length)
  zip.writeUInt32LE(mostBytes['weights.safetensors'] + 1, sizeAt)
  await expect(unpack(zip)).rejects.toMatchObject({ code: expect.stringMatching(/too-large|corrupt/) })
  const lying = zipOf({ 'card.json': card, 'weights.safetensors': weights })
  lying.writeUInt32LE(10, sizeAt)
  await expect(unpack(lying)).rejects.toMatchObject({ code: 'corrupt' })
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.txt`, Buffer.from('x')]))
  await expect(unpack(zipOf(many))).rejects.toMatchObject({ code: 'too-large' })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Access } from '../../../../main/core/access.ts'
import { browseFolder } from '../../../../main/core/library/browse-folders.ts'

test('a folder shows what can be chosen: pictures, compressed files, IDX files as MNIST names them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-browse-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of [
    ...['a.jpg', 'b.hgi', 't10k-images-idx3-ubyte.gz', 'train-labels.idx1-ubyte', 'drawn-images-idx3-ubyte'],
    ...['notes.txt', 'index', 'notes.gz'],
  ])
    await writeFile(join(folder, name), '')
  const { entries } = await browseFolder(Access.everywhere(), folder)
  expect(entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    ...['image a.jpg', 'hgi b.hgi', 'idx drawn-images-idx3-ubyte', 'idx t10k-images-idx3-ubyte.gz'],
    'idx train-labels.idx1-ubyte',
  ])
})

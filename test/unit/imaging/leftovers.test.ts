import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { Leftovers } from '../../../main/imaging/leftovers.ts'
import { temporaryName } from '../../../main/imaging/publish.ts'

test('of what a killed process was writing, only the named file`s part goes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-leftovers-'))
  try {
    const [mine, other] = [join(folder, 'a.png'), join(folder, 'b.png')]
    const kept = [basename(temporaryName(other)), '.a.png.backup.tmp', 'a.png', 'a.png.tmp']
    for (const name of [...kept, basename(temporaryName(mine)), basename(temporaryName(mine))])
      await writeFile(join(folder, name), '')
    const leftovers = new Leftovers()
    await leftovers.remove(mine)
    expect((await readdir(folder)).sort()).toEqual([...kept].sort())
    await leftovers.remove(join(folder, 'not there', 'c.png'))
  } finally {
    await rm(folder, { recursive: true })
  }
})

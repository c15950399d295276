import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hashFile } from '../../../main/imaging/hash.ts'
import { failure, temporaryFolder } from './folder.ts'

const folder = temporaryFolder()

it('is SHA-256 (FIPS 180-4: "abc", and a million times "a")', async () => {
  writeFileSync(join(folder, 'abc'), 'abc')
  writeFileSync(join(folder, 'a'), 'a'.repeat(1_000_000))
  expect(await hashFile(join(folder, 'abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  expect(await hashFile(join(folder, 'a'))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  )
})

it('names what it cannot read', async () => {
  expect((await failure(hashFile(join(folder, 'gone')))).message).toContain(join(folder, 'gone'))
  expect(await failure(hashFile(folder))).toMatchObject({ code: 'unreadable' })
  expect(await failure(hashFile(join(folder, 'abc'), AbortSignal.abort()))).toMatchObject({ code: 'aborted' })
})

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Access } from '../../../main/core/access.ts'

async function folders() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hourglass-access-')))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'photos'))
  await mkdir(join(folder, 'photos-private'))
  await writeFile(join(folder, 'photos', 'a.jpg'), '')
  await writeFile(join(folder, 'secret'), '')
  return folder
}

test('inside is what lies in a root once links are followed', async () => {
  const folder = await folders()
  const photos = join(folder, 'photos')
  await symlink(join(folder, 'secret'), join(photos, 'link'))
  await symlink(photos, join(folder, 'alias'))
  const access = await Access.within([photos])
  expect(await access.check(join(photos, 'a.jpg'))).toBe(join(photos, 'a.jpg'))
  expect(await access.check(join(folder, 'alias', 'a.jpg'))).toBe(join(photos, 'a.jpg'))
  expect(await access.check(photos)).toBe(photos)
  for (const path of [
    ...[join(photos, 'link'), join(photos, '..', 'secret'), folder, `${photos}-private`, '/', 'a.jpg'],
    join(photos, '..', 'photos-private', 'new.jpg'),
  ]) {
    await expect(access.check(path), path).rejects.toMatchObject({ code: 'bad-input' })
  }
})

test('what does not exist yet is judged by where it would be', async () => {
  const folder = await folders()
  const photos = join(folder, 'photos')
  await symlink(folder, join(photos, 'out'))
  const access = await Access.within([photos])
  expect(await access.check(join(photos, 'new', 'deep', 'b.jpg'))).toBe(join(photos, 'new', 'deep', 'b.jpg'))
  await expect(access.check(join(photos, 'out', 'new', 'b.jpg'))).rejects.toMatchObject({ code: 'bad-input' })
  await expect(Access.within([join(folder, 'missing')])).rejects.toMatchObject({ code: 'not-found' })
})

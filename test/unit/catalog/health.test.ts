import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrations } from '../../../main/catalog/migrations.ts'
import { openCatalog } from '../../../main/catalog/open.ts'
import { catalogAt, temporaryFolder } from './helpers.ts'
import { photo } from './photo.ts'

test('tells what doctor prints', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const health = catalogAt(file).health()
  expect(health).toMatchObject({ file, version: migrations.length, journalMode: 'wal', problems: [] })
  expect(health.sqliteVersion).toMatch(/^3\.\d+\.\d+$/)
  expect(health.bytes).toBeGreaterThan(4096)
})

test('a backup of a catalog in use is a catalog, and replaces an older one', async () => {
  const folder = temporaryFolder()
  const catalog = catalogAt(join(folder, 'catalog.db'))
  catalog.images.add(photo('/a.jpg'))
  const copy = join(folder, 'copy.db')
  writeFileSync(copy, 'an older one')
  await catalog.backup(copy)
  catalog.images.add(photo('/b.jpg'))
  const restored = openCatalog(copy)
  expect(restored.browse.search('jpg').map(({ path }) => path)).toEqual(['/a.jpg'])
  expect(restored.health().problems).toEqual([])
  await expect(catalog.backup(copy)).rejects.toThrow('a catalog in use')
  await expect(catalog.backup(catalog.file)).rejects.toThrow('a catalog in use')
  restored.close()
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([])
})

test('a backup that cannot be written says so', async () => {
  const target = join(temporaryFolder(), 'missing', 'copy.db')
  await expect(catalogAt().backup(target)).rejects.toThrow(target)
  expect(existsSync(target)).toBe(false)
})

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Database } from '../../../main/catalog/database.ts'
import { migrations } from '../../../main/catalog/migrations.ts'
import { openCatalog } from '../../../main/catalog/open.ts'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'
import { catalogAt, temporaryFolder } from './helpers.ts'
import { photo } from './photo.ts'

function errorOf(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

function expectRefusal(file: string, code: ErrorCode, ...words: string[]): void {
  const error = errorOf(() => openCatalog(file))
  expect(error.code).toBe(code)
  for (const word of [file, ...words]) expect(error.message).toContain(word)
}

test('creates its folder and keeps rows from one opening to the next', () => {
  const file = join(temporaryFolder(), 'a', 'b', 'catalog.db')
  const first = openCatalog(file)
  first.images.add(photo('/photos/a.jpg'))
  first.close()
  expect(catalogAt(file).images.byPath('/photos/a.jpg')?.width).toBe(60)
})

test('writes a log ahead and syncs every commit', () => {
  const db = Database.open(join(temporaryFolder(), 'catalog.db'))
  expect(db.sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(db.sqlite.pragma('synchronous', { simple: true })).toBe(2) // FULL
  db.close()
})

test('refuses a file of a newer version, says both, and leaves it as it is', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  openCatalog(file).close()
  const sqlite = new Sqlite(file)
  sqlite.pragma('user_version = 99')
  sqlite.close()
  const before = readFileSync(file)
  expectRefusal(file, 'newer', 'version 99', `up to version ${migrations.length}`, 'update Hourglass')
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('refuses a file that is no database', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  writeFileSync(file, 'A photo album, honestly. '.repeat(400))
  expectRefusal(file, 'corrupt', 'move it away', 'backup')
})

test('refuses another program’s database', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const sqlite = new Sqlite(file)
  sqlite.exec('CREATE TABLE bookmarks (url TEXT)')
  sqlite.close()
  const before = readFileSync(file)
  expectRefusal(file, 'bad-input', 'another program')
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('names a damaged catalog when a query meets the damage', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const first = openCatalog(file)
  first.images.addMany(Array.from({ length: 2000 }, (_, n) => photo(`/photos/${n}.jpg`)))
  first.close()
  const bytes = readFileSync(file)
  bytes.fill(0xa5, bytes.length >> 1) // the header and the list of tables survive
  writeFileSync(file, bytes)
  const catalog = catalogAt(file)
  expect(catalog.health().problems).not.toEqual([])
  expect(errorOf(() => catalog.browse.page({ limit: 2000 })).code).toBe('corrupt')
})

test('says where it cannot write', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  expectRefusal(join(folder, 'file', 'catalog.db'), 'unreadable', 'writable')
  mkdirSync(join(folder, 'folder.db'))
  expectRefusal(join(folder, 'folder.db'), 'unreadable', 'writable')
})

test('a full disk is told, and what was stored stays', () => {
  const db = Database.open(join(temporaryFolder(), 'catalog.db'))
  db.run(`INSERT INTO datasets (name, seed, validationShare, createdAtMs) VALUES ('kept', 0, 0, 0)`)
  db.sqlite.pragma(`max_page_count = ${db.sqlite.pragma('page_count', { simple: true })}`)
  const error = errorOf(() =>
    db.run(
      `INSERT INTO datasets (name, seed, validationShare, createdAtMs) VALUES (?, 0, 0, 0)`,
      'x'.repeat(1e6),
    ),
  )
  expect(error.code).toBe('setup')
  expect(error.message).toContain('no space left')
  expect(db.all('SELECT name FROM datasets')).toEqual([{ name: 'kept' }])
  db.close()
})

test('a work that fails half way leaves nothing', () => {
  const catalog = catalogAt()
  expect(() =>
    catalog.atomically(() => {
      catalog.images.add(photo('/photos/a.jpg'))
      throw new AppError('aborted', 'stopped')
    }),
  ).toThrow('stopped')
  expect(catalog.images.count()).toBe(0)
})

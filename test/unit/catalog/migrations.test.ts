import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { checkVersion, migrate, migrations } from '../../../main/catalog/migrations.ts'

const versionOf = (sqlite: Sqlite.Database) => sqlite.pragma('user_version', { simple: true })

test('an older file gets the steps it lacks and keeps its rows', () => {
  const sqlite = new Sqlite(':memory:')
  migrate(sqlite, ':memory:', migrations.slice(0, 1))
  sqlite.exec(`INSERT INTO datasets (name, seed, validationShare, createdAtMs) VALUES ('holiday', 1, 0.1, 5)`)
  const later = [migrations[0], `ALTER TABLE datasets ADD COLUMN note TEXT NOT NULL DEFAULT 'none'`]
  migrate(sqlite, ':memory:', later)
  migrate(sqlite, ':memory:', later)
  expect(versionOf(sqlite)).toBe(2)
  expect(sqlite.prepare('SELECT name, note FROM datasets').all()).toEqual([{ name: 'holiday', note: 'none' }])
})

test('a step that fails leaves the file at its version', () => {
  const sqlite = new Sqlite(':memory:')
  migrate(sqlite, ':memory:', migrations)
  const broken = [...migrations, 'CREATE TABLE half (a); CREATE TABLE half (a)']
  expect(() => migrate(sqlite, ':memory:', broken)).toThrow('already exists')
  expect(versionOf(sqlite)).toBe(migrations.length)
  expect(sqlite.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'half'`).get()).toBeUndefined()
})

test('never takes a version back', () => {
  const sqlite = new Sqlite(':memory:')
  migrate(sqlite, ':memory:', [...migrations, 'CREATE TABLE later (a)'])
  expect(() => migrate(sqlite, ':memory:', migrations)).toThrow('newer')
  expect(() => checkVersion(sqlite, 'catalog.db')).toThrow(`version ${migrations.length + 1}`)
  expect(versionOf(sqlite)).toBe(migrations.length + 1)
})

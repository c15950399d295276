import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import { catalogError } from './errors.ts'
import { migrations } from './migrations.ts'

export interface Health {
  file: string
  sqliteVersion: string
  /** of the tables */
  version: number
  journalMode: string
  /** of all its rows and indexes */
  bytes: number
  /** what is wrong with it, one line each; empty when all is well */
  problems: string[]
}

/** What `doctor` says about the catalog. Reads the whole file: seconds for one of gigabytes. */
export function checkHealth(db: Database): Health {
  const sql = `SELECT sqlite_version() AS sqliteVersion, journal_mode AS journalMode, page_count * page_size AS bytes
    FROM pragma_journal_mode, pragma_page_count, pragma_page_size`
  const facts = db.one<Pick<Health, 'sqliteVersion' | 'journalMode' | 'bytes'>>(sql)!
  return { file: db.file, version: migrations.length, ...facts, problems: problemsOf(db) }
}

function problemsOf(db: Database): string[] {
  try {
    const checks = db.all<{ quick_check: string }>('PRAGMA quick_check').map((row) => row.quick_check)
    const orphans = db.all<{ table: string; parent: string }>('PRAGMA foreign_key_check')
    return [
      ...checks.filter((line) => line !== 'ok'),
      ...orphans.map((row) => `a row of ${row.table} refers to a missing row of ${row.parent}`),
    ]
  } catch (error) {
    return [catalogError(error, db.file).message] // damaged where even the check stumbles
  }
}

/**
 * Copies the catalog, as it is at one moment, to `file` while others go on using it. An older copy of that
 * name is replaced only when the new one is complete and on the disk. Throws conflict for a catalog in use.
 */
export async function backup(db: Database, file: string): Promise<void> {
  const target = resolve(file)
  const part = `${target}.part`
  if (existsSync(`${target}-wal`)) {
    throw new AppError('conflict', `a backup cannot replace ${target}: it is a catalog in use`)
  }
  try {
    await rm(part, { force: true })
    await db.sqlite.backup(part)
    const handle = await open(part, 'r+')
    await handle.sync().finally(() => handle.close())
    await rename(part, target)
    await syncFolder(dirname(target))
  } catch (error) {
    await rm(part, { force: true }).catch(() => {}) // the first error is the one to tell
    throw catalogError(error, target)
  }
}

/** Makes the rename itself last; Windows can neither open folders nor needs to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

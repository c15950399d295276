import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Database } from './database.ts'

/**
 * Who owns a running job or training run, and is that process still alive?
 *
 * An owner is a token and a file of that name beside the catalog, on which its process holds a lock. The
 * operating system drops the lock when the process ends, however it ends, also when the machine does; so no
 * heartbeat can be late and no process number can be mistaken for its successor's. Node has no file locks of
 * its own: the file is an empty SQLite database in an exclusive transaction, which locks on every platform.
 */
export class Owners {
  readonly #db: Database
  readonly #folder: string
  #token: string | undefined
  #lock: Sqlite.Database | undefined

  constructor(db: Database) {
    this.#db = db
    this.#folder = `${db.file}-owners`
  }

  /** This process's token; the first call takes the lock. */
  token(): string {
    this.#token ??= this.#take()
    return this.#token
  }

  /** Tokens whose processes live; the files of the others are removed. Call it inside a transaction. */
  alive(): string[] {
    if (this.#db.file === ':memory:') return this.#token ? [this.#token] : []
    return this.#files().filter((token) => {
      const lock = lockOrNothing(join(this.#folder, token))
      if (!lock) return true
      lock.close()
      rmSync(join(this.#folder, token), { force: true })
      return false
    })
  }

  /** Gives the lock up; what this process still owns counts as abandoned from here on. */
  release(): void {
    this.#lock?.close()
    if (this.#lock && this.#token) rmSync(join(this.#folder, this.#token), { force: true })
    this.#lock = undefined
    this.#token = undefined
  }

  #take(): string {
    const token = `${randomUUID()}.lock`
    if (this.#db.file === ':memory:') return token
    // within a transaction, so that nobody finds the file in the moment before it is locked and removes it
    this.#db.atomically(() => {
      mkdirSync(this.#folder, { recursive: true })
      this.#lock = lockOrNothing(join(this.#folder, token))
    })
    return token
  }

  #files(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).filter(isLock) : [] // none: nobody has run anything yet
  }
}

/** Desktops leave files of their own in folders. */
function isLock(name: string): boolean {
  return name.endsWith('.lock')
}

/** The lock on the file, created where it is missing; undefined when another connection holds it. */
function lockOrNothing(path: string): Sqlite.Database | undefined {
  const lock = new Sqlite(path, { timeout: 0 })
  try {
    lock.pragma('journal_mode = MEMORY') // nothing is ever written: no journal file beside it
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}

import { mkdirSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { catalogError } from './errors.ts'
import { checkVersion, migrate } from './migrations.ts'

const busyTimeoutMs = 5000

/** One open SQLite file: prepared statements kept by their text, errors as AppError. Everything is synchronous. */
export class Database {
  /** absolute, symbolic links resolved; ':memory:' for one in memory */
  readonly file: string
  readonly sqlite: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()

  private constructor(file: string, sqlite: Sqlite.Database) {
    this.file = file
    this.sqlite = sqlite
  }

  /**
   * Opens or creates the file, and its folder, and brings its tables up to date.
   *
   * Throws AppError: `newer` (written by a later version; the file is left as it was), `corrupt`,
   * `unreadable` (not writable), `conflict` (held by another process for more than 5 s), `setup` (disk full).
   */
  static open(file: string): Database {
    const inMemory = file === ':memory:'
    const path = inMemory ? file : resolve(file)
    let sqlite: Sqlite.Database | undefined
    try {
      if (!inMemory) mkdirSync(dirname(path), { recursive: true })
      sqlite = new Sqlite(path, { timeout: busyTimeoutMs })
      checkVersion(sqlite, path) // before the first write
      useWriteAheadLog(sqlite)
      // FULL syncs the log at each commit. NORMAL, the usual choice with WAL, survives a killed process but may
      // lose the last commits when the power fails; rows here are few or come in batches, so it costs little.
      // fullfsync is the same promise on macOS, where fsync alone leaves data in the drive's cache.
      sqlite.pragma('synchronous = FULL')
      sqlite.pragma('fullfsync = ON')
      sqlite.pragma('foreign_keys = ON')
      migrate(sqlite, path)
      return new Database(inMemory ? path : realpathSync(path), sqlite)
    } catch (error) {
      sqlite?.close()
      throw catalogError(error, path)
    }
  }

  /** The first row, or undefined. */
  one<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.#guarded(() => this.#statement(sql).get(...values) as Row | undefined)
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...values) as Row[])
  }

  /** The values of the query's only column. */
  column<Value>(sql: string, ...values: unknown[]): Value[] {
    return this.#guarded(
      () =>
        this.#statement(sql)
          .pluck()
          .all(...values) as Value[],
    )
  }

  /** The first `limit` different values of the query's only column, reading no further than that. */
  firstDistinct(sql: string, limit: number, ...values: unknown[]): number[] {
    return this.#guarded(() => {
      const seen = new Set<number>()
      if (limit < 1) return []
      for (const value of this.#statement(sql)
        .pluck()
        .iterate(...values)) {
        if (seen.add(value as number).size >= limit) break
      }
      return [...seen]
    })
  }

  /** Writes; returns how many rows changed and the id of the row inserted last. */
  run(sql: string, ...values: unknown[]): { changes: number; id: number } {
    return this.#guarded(() => {
      const { changes, lastInsertRowid } = this.#statement(sql).run(...values)
      return { changes, id: Number(lastInsertRowid) }
    })
  }

  /** All of `work` or nothing of it; takes the write lock at once, so it never fails half way on a busy file. */
  atomically<Result>(work: () => Result): Result {
    return this.#guarded(() => this.sqlite.transaction(work).immediate())
  }

  close(): void {
    this.sqlite.close()
  }

  #statement(sql: string): Sqlite.Statement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.sqlite.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw catalogError(error, this.file)
    }
  }
}

/** Turning WAL on needs the file for itself for a moment, and SQLite does not wait for that by itself. */
function useWriteAheadLog(sqlite: Sqlite.Database): void {
  const giveUpAtMs = Date.now() + busyTimeoutMs
  for (;;) {
    try {
      sqlite.pragma('journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
      if (!isBusy || Date.now() > giveUpAtMs) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

import { AppError } from '../../shared/errors.ts'

/**
 * Whatever SQLite or the file system threw while working on `file`, as an AppError that names the file and
 * what to do. SQLite's extended codes (SQLITE_IOERR_WRITE, ...) are read by their prefix:
 * https://sqlite.org/rescode.html
 */
export function catalogError(cause: unknown, file: string): AppError {
  if (cause instanceof AppError) return cause
  const code = String((cause as { code?: unknown }).code ?? '')
  const said = cause instanceof Error ? cause.message : String(cause)
  const fail = (kind: AppError['code'], message: string) => new AppError(kind, message, { cause })

  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) {
    return fail(
      'corrupt',
      `catalog ${file} is damaged or is no catalog (${said}); restore a backup of it, or move it away together ` +
        'with its -wal and -shm files and import again: photos and models are not inside it',
    )
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return fail('conflict', `catalog ${file} is held by another process; wait until it is done and try again`)
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return fail('setup', `no space left to write catalog ${file}; free some, nothing already stored is lost`)
  }
  if (
    /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code) ||
    /^E(ACCES|PERM|ROFS|NOTDIR|ISDIR|EXIST)$/.test(code)
  ) {
    return fail(
      'unreadable',
      `catalog ${file} cannot be opened for writing (${said}); make its folder writable, or name another one`,
    )
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return fail('unreadable', `catalog ${file}: the disk reported an error (${code}: ${said})`)
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return fail('conflict', `catalog ${file} has this already (${said})`)
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
    return fail('not-found', `catalog ${file} has no such row to refer to (${said})`)
  }
  if (code.startsWith('SQLITE_CONSTRAINT')) {
    return fail('bad-input', `catalog ${file} refuses a value (${said})`)
  }
  return fail('internal', `catalog ${file}: ${said}`)
}

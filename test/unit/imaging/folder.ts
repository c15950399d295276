import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { AppError, ErrorCode } from '../../../shared/errors.ts'

export const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/images', name)

/** A folder that goes when the file's tests have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-imaging-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Awaits a failure; the AppError's code and message. */
export async function failure(work: Promise<unknown>): Promise<{ code: ErrorCode; message: string }> {
  const error = await work.then(
    () => null,
    (thrown) => thrown as AppError,
  )
  if (!error) throw new Error('expected a failure')
  if (error.name !== 'AppError') throw error
  return { code: error.code, message: error.message }
}

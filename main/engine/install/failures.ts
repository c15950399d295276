import { AppError } from '../../../shared/errors.ts'

const elsewhere = 'point HOURGLASS_CACHE to another disk'

/** @param needed how many bytes the work takes and how many there are, where that is known */
export function noDisk(folder: string, needed?: { bytes: number; freeBytes: number }): AppError {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  const found = needed
    ? `has ${gigabytes(needed.freeBytes)} free and ${gigabytes(needed.bytes)} are needed`
    : 'is full'
  return new AppError(
    'setup',
    `The disk of ${folder} ${found}: free some space or ${elsewhere}, then start again.`,
  )
}

/**
 * What went wrong while files were written in `folder`, as a sentence that says what to do.
 * An AppError and an abort stay what they are.
 */
export function asSetupError(error: unknown, folder: string): unknown {
  const { code, message, name } = error as NodeJS.ErrnoException
  if (error instanceof AppError || name === 'AbortError') return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return noDisk(folder)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? '')) {
    return new AppError(
      'setup',
      `${folder} is not a folder that can be written (${code}): make it one, or, where it is the cache, ` +
        'point HOURGLASS_CACHE elsewhere, and start again.',
      { cause: error },
    )
  }
  return new AppError('setup', `TensorFlow could not be put into ${folder} (${message}): start again.`, {
    cause: error,
  })
}

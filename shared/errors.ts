/** What can go wrong, as a closed set; the exit codes of the command line and the window's tone follow it. */
export const errorCodes = [
  'bad-input', // an argument or a setting is not what was expected
  'not-found', // a file, model, run or job that was named does not exist
  'unreadable', // it exists but cannot be read: permissions, a directory, an empty or truncated file
  'unsupported', // a format, version or device this build does not handle
  'too-large', // a limit on pixels or bytes is exceeded
  'corrupt', // a checksum, magic number or structure is wrong
  'newer', // made by a newer version of Hourglass
  'conflict', // it exists already, or something else holds it
  'setup', // something this machine lacks; the message says what to install
  'engine', // TensorFlow failed, or its process died
  'aborted', // the user stopped it
  'internal', // a bug
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The one error of this code base. The message names the thing, what was expected and what was received. */
export class AppError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
  }
}

/** Anything thrown, as an AppError: abort errors become `aborted`, the rest `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && error.name === 'AbortError') {
    return new AppError('aborted', 'stopped on request', { cause: error })
  }
  return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error })
}

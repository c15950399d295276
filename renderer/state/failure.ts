import type { ErrorCode } from '../../shared/errors.ts'
import { errorCodes } from '../../shared/errors.ts'

/** An error as the window shows it. */
export interface Failure {
  readonly code: ErrorCode
  /** what and why, for people */
  readonly message: string
  /** for a report */
  readonly details: string
}

/** What to do, where the message does not say so itself. */
export const adviceOf: Partial<Record<ErrorCode, string>> = {
  'not-found': 'It may have been moved or deleted. Import it again from where it lies now.',
  unreadable: 'Check that the file is whole and that you may read it.',
  corrupt: 'The file is damaged. If you have another copy, use that one.',
  newer: 'Install the newest version of Hourglass to open it.',
  engine: 'Try again: the engine starts anew. If it happens again, look into Doctor.',
  setup: 'Doctor shows what this machine lacks.',
  internal: 'This is a fault of Hourglass. Copy the details for a report, then try again.',
}

/** Anything thrown or sent, in words. */
export function failureOf(error: unknown): Failure {
  const sent = error as { message?: unknown; data?: { app?: { code?: unknown } }; code?: unknown } | null
  const message = typeof sent?.message === 'string' && sent.message !== '' ? sent.message : String(error)
  const code = [sent?.data?.app?.code, sent?.code].find(isErrorCode) ?? 'internal'
  const stack = error instanceof Error ? error.stack : undefined
  return { code, message, details: [`${code}: ${message}`, stack].filter(Boolean).join('\n') }
}

export function isAborted(error: unknown): boolean {
  return (error as Error | null)?.name === 'AbortError' || failureOf(error).code === 'aborted'
}

function isErrorCode(code: unknown): code is ErrorCode {
  return errorCodes.includes(code as ErrorCode)
}

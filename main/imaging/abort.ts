import { AppError } from '../../shared/errors.ts'

/** @throws AppError aborted, when the signal has fired. */
export function stopIfAborted(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) throw new AppError('aborted', `stopped while ${doing}`, { cause: signal.reason })
}

/**
 * `work`, or an AppError `aborted` as soon as `signal` fires. libvips cannot be stopped half-way: its thread
 * runs on and its result is dropped.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<T> {
  if (!signal) return work
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new AppError('aborted', `stopped while ${doing}`, { cause: signal.reason }))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => {})
  }
}

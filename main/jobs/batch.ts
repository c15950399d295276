import { toAppError } from '../../shared/errors.ts'
import type { Job } from '../catalog/job.ts'
import type { JobItem, JobItemCounts } from '../catalog/jobItems.ts'
import type { JobContext } from './runner.ts'

/** What became of one item: what it wrote, and whether it found that there was nothing to do. */
export interface ItemResult {
  /** usually the path that was written */
  output: string | null
  isSkipped?: boolean
}

export interface BatchOptions {
  /** how many items at a time */
  concurrency?: number
  /** an item ended, also by failing */
  onItem?: (item: JobItem) => void
}

/**
 * Does what is left of a job's items, `concurrency` at a time, and stores each outcome as it comes; items
 * that an earlier attempt did are left alone. An item that fails is noted and the batch goes on.
 *
 * Returns the counts over all items. When the signal aborts, what was under way waits for the next attempt,
 * and the signal's reason is thrown.
 */
export async function runItems(
  job: Job,
  { jobs, signal, progress }: Pick<JobContext, 'jobs' | 'signal' | 'progress'>,
  work: (item: JobItem, signal: AbortSignal) => Promise<ItemResult>,
  { concurrency = 1, onItem }: BatchOptions = {},
): Promise<JobItemCounts> {
  const waiting = jobs.items.list(job.id, 'waiting')
  const before = jobs.items.counts(job.id)
  const total = before.waiting + before.done + before.skipped + before.failed
  let ended = total - before.waiting

  const doOne = async (item: JobItem) => {
    try {
      const { output, isSkipped = false } = await work(item, signal)
      jobs.items.end(job.id, item.position, { status: isSkipped ? 'skipped' : 'done', output })
    } catch (error) {
      signal.throwIfAborted() // it failed because it was stopped
      jobs.items.end(job.id, item.position, { status: 'failed', error: toAppError(error) })
    }
    ended += 1
    progress({ done: ended, total, message: item.input })
    if (onItem) onItem(jobs.items.get(job.id, item.position))
  }
  // lanes share one list: whoever is free takes the next item
  const lane = async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      signal.throwIfAborted()
      await doOne(item)
    }
  }
  progress({ done: ended, total })
  const lanes = await Promise.allSettled(Array.from({ length: Math.max(1, concurrency) }, lane))
  signal.throwIfAborted()
  for (const result of lanes) if (result.status === 'rejected') throw result.reason
  return jobs.items.counts(job.id)
}

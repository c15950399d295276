import { stat } from 'node:fs/promises'
import { automaticModel } from '../../../shared/contract/denoise.ts'
import type { JobEntry, JobItemEntry } from '../../../shared/contract/jobs.ts'
import type { Job } from '../../catalog/job.ts'
import type { JobItem, JobItemCounts } from '../../catalog/jobItems.ts'
import type { QueuedInput } from './job-inputs.ts'

/** How far a running job is, parts of pictures included. */
export interface Live {
  readonly fraction: number
  readonly message: string
  /** what it was when this attempt began, and when that was */
  readonly from: number
  readonly sinceMs: number
}

const verbs: Readonly<Record<string, string>> = {
  denoise: 'Denoise',
  noise: 'Add noise to',
  compress: 'Compress',
  restore: 'Restore',
  decompress: 'Decompress',
}

/** A job as the window shows it. */
export function entryOf(job: Job, counts: JobItemCounts, live: Live | undefined): JobEntry {
  const { id, kind, status, createdAtMs, startedAtMs, endedAtMs, error } = job
  const isSweep = kind === 'sweep'
  const total = isSweep ? job.total : counts.waiting + counts.done + counts.skipped + counts.failed
  const done = isSweep ? job.done : total - counts.waiting
  const isRunning = status === 'running'
  const fraction = isRunning && live ? live.fraction : total > 0 ? done / total : job.progress
  // Trials of a sweep take very different times.
  const timing = isRunning && live && !isSweep ? timingOf(live, total) : { rate: null, msLeft: null }
  const input = job.input as Partial<
    QueuedInput & { id: string; model: string; noise: string; method: string }
  > | null
  return {
    ...{ id, kind, status, done, total, failed: counts.failed, skipped: counts.skipped, fraction },
    ...{ createdAtMs, startedAtMs, endedAtMs, error, ...timing },
    title: isSweep
      ? `Sweep ${input?.id ?? ''}`
      : titleOf(kind, total, input?.noise ?? input?.method ?? input?.model),
    message: (isRunning && live?.message) || job.message,
    outputFolder: input?.output ?? null,
  }
}

function titleOf(kind: string, total: number, model: string | undefined): string {
  const things = kind === 'decompress' ? 'file' : 'photo'
  const count = `${total} ${things}${total === 1 ? '' : 's'}`
  return `${verbs[kind] ?? kind} ${count}${model ? ` (${model === automaticModel ? 'automatic' : model})` : ''}`
}

function timingOf({ fraction, from, sinceMs }: Live, total: number) {
  const elapsedMs = Date.now() - sinceMs
  const made = fraction - from
  if (made <= 0 || elapsedMs < 1000) return { rate: null, msLeft: null }
  return { rate: (made * total) / (elapsedMs / 1000), msLeft: (elapsedMs * (1 - fraction)) / made }
}

export async function itemEntryOf(item: JobItem): Promise<JobItemEntry> {
  const { position, input, status, output, error } = item
  const facts = output ? await stat(output).catch(() => null) : null
  return { position, input, status, output, error, outputBytes: facts?.size ?? null }
}

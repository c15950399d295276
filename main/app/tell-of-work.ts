import type { Job } from '../catalog/job.ts'
import type { Application } from '../core/application.ts'
import type { FromCore } from './core-messages.ts'

/** Work that took longer than this is worth a word. */
const longMs = 30_000

/** Tells the shell how many jobs and trainings there are to stay awake for, and of long ones that ended. */
export function tellOfWork(
  { queue, training, settings }: Pick<Application, 'queue' | 'training' | 'settings'>,
  tell: (message: FromCore) => void,
): void {
  let told = -1
  // At once, since a window may be closed the moment after; progress alone changes no number.
  const count = () => {
    const active = queue.active + training.active
    if (active !== told) tell({ kind: 'jobs', active })
    told = active
  }
  const notify = (title: string, body: string, tookMs: number) => {
    if (settings.current.notify && tookMs > longMs) tell({ kind: 'notify', title, body })
  }
  queue.changed.on(count)
  training.changed.on(count)
  queue.ended.on((job) => {
    if (job.status !== 'done' && job.status !== 'failed') return
    const { title, done, failed } = queue.entry(job.id)
    const body = failed > 0 ? `${done - failed} done, ${failed} failed` : `${done} done`
    notify(title, job.status === 'failed' ? (job.error?.message ?? body) : body, tookMs(job))
  })
  training.ended.on(({ id, status, error, tookMs }) => {
    if (status === 'finished') notify(`Train ${id}`, 'done', tookMs)
    if (status === 'failed') notify(`Train ${id}`, error ?? 'failed', tookMs)
  })
  count()
}

function tookMs({ startedAtMs, endedAtMs }: Job): number {
  return startedAtMs && endedAtMs ? endedAtMs - startedAtMs : 0
}

import { jobsArea } from '../../shared/contract/jobs.ts'
import { itemEntryOf } from '../core/queue/entries.ts'
import type { JobQueue } from '../core/queue/job-queue.ts'
import { areaRouter } from './area.ts'

const everyMs = 250

export const jobs = areaRouter(jobsArea, {
  list: (_, { queue }) => queue.list(),
  changes: (_, { queue }, signal) => changesOf(queue, signal),

  async items({ id, offset, limit }, { core }) {
    const { count, items } = core.catalog.jobs.items.page(core.catalog.jobs.get(id).id, { offset, limit })
    return { count, items: await Promise.all(items.map(itemEntryOf)) }
  },

  start: (job, { queue }) => queue.start(job),
  target: (job, { queue }) => queue.target(job),
  pause: ({ id }, { queue }) => queue.pause(id),
  resume: ({ id }, { queue }) => queue.resume(id),
  cancel: ({ id }, { queue }) => queue.cancel(id),

  remove({ id }, { queue, core }) {
    core.catalog.jobs.get(id)
    return queue.remove([id], 'Removed a job from the list')
  },

  clear(_, { queue }) {
    const over = queue.list().filter(({ status }) => status === 'done' || status === 'cancelled')
    const count = over.length
    const label = `Cleared ${count} finished job${count === 1 ? '' : 's'}`
    return {
      ...queue.remove(
        over.map(({ id }) => id),
        label,
      ),
      count,
    }
  },

  async reveal({ id }, { queue, host, access }) {
    const { outputFolder } = queue.entry(id)
    if (outputFolder) await host.reveal(await access.check(outputFolder))
    return null
  },
})

/** All jobs, then what changed of them, gathered over a quarter of a second. */
async function* changesOf(queue: JobQueue, signal: AbortSignal) {
  const dirty = new Set<number>()
  const stop = queue.changed.on((id) => dirty.add(id))
  try {
    yield { jobs: queue.list(), removed: [] as number[] }
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      if (dirty.size === 0) continue
      const ids = [...dirty]
      dirty.clear()
      const known = queue.some(ids)
      const removed = ids.filter((id) => !known.some((job) => job.id === id))
      yield { jobs: known, removed }
    }
  } finally {
    stop()
  }
}

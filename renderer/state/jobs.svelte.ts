import { SvelteMap } from 'svelte/reactivity'
import type { JobEntry, NewJob } from '../../shared/contract/jobs.ts'
import { client } from './client.ts'
import { type Failure, failureOf } from './failure.ts'
import { count } from './format.svelte.ts'
import { say, sayError } from './notices.ts'
import { router } from './router.svelte.ts'

/** The queue as the core tells it. */
class Jobs {
  readonly #jobs = new SvelteMap<number, JobEntry>()
  #failure = $state.raw<Failure | null>(null)
  #isReady = $state(false)
  /** started from this window: their end is said */
  readonly #mine = new Set<number>()

  follow(): () => void {
    return client.jobs.changes(undefined, {
      onData: ({ jobs, removed }) => {
        for (const id of removed) this.#jobs.delete(id)
        for (const job of jobs) {
          this.#jobs.set(job.id, job)
          this.#sayEnd(job)
        }
        this.#isReady = true
        this.#failure = null
      },
      onError: (error) => {
        this.#failure = failureOf(error)
      },
    })
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** the latest first */
  get all(): JobEntry[] {
    return [...this.#jobs.values()].sort((a, b) => b.id - a.id)
  }

  get active(): JobEntry[] {
    return this.all.filter(({ status }) => status === 'running' || status === 'queued')
  }

  /** of all that is queued or running, 0 to 1 */
  get fraction(): number {
    const { active } = this
    const total = active.reduce((sum, job) => sum + job.total, 0)
    return total === 0 ? 0 : active.reduce((sum, job) => sum + job.fraction * job.total, 0) / total
  }

  async start(job: NewJob): Promise<void> {
    const started = await client.jobs.start(job)
    this.#mine.add(started.id)
    this.#jobs.set(started.id, started)
    say(`${started.title}: in the queue`, { label: 'Show', run: () => router.go('jobs') })
  }

  /** Waits until a job is no longer queued, running or paused. */
  async ended(id: number): Promise<JobEntry> {
    for (;;) {
      const job = this.#jobs.get(id)
      if (job && !['queued', 'running', 'paused'].includes(job.status)) return job
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  #sayEnd(job: JobEntry): void {
    if (!this.#mine.has(job.id) || !['done', 'failed'].includes(job.status)) return
    this.#mine.delete(job.id)
    const failed = job.failed > 0 ? `, ${count(job.failed, 'file')} failed` : ''
    const action = window.hourglass
      ? { label: 'Show', run: () => void client.jobs.reveal({ id: job.id }).catch(sayError) }
      : { label: 'Show', run: () => router.go('jobs') }
    if (job.status === 'done') say(`${job.title}: done${failed}`, action)
    else
      say(`${job.title}: ${job.error?.message ?? 'failed'}`, { label: 'Show', run: () => router.go('jobs') })
  }
}

export const jobs = new Jobs()

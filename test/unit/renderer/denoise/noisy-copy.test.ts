import { beforeEach, expect, test, vi } from 'vitest'
import { noisyCopy } from '../../../../renderer/views/denoise/noisy-copy.ts'
import type { NewJob } from '../../../../shared/contract/jobs.ts'

interface Row {
  readonly id: number
  readonly path: string
  readonly reference: number | null
}

/** A folder and a library, as a core would have them. */
const core = vi.hoisted(() => ({ files: new Map<string, string>(), rows: [] as Row[] }))

vi.mock('../../../../renderer/state/client.ts', () => {
  const pathOf = ({ output }: NewJob) =>
    output!.template!.replace('{folder}/{name}', '/p/x').replace('{ext}', '.png')
  return {
    client: {
      jobs: {
        target: async (job: NewJob) => ({ path: pathOf(job), exists: core.files.has(pathOf(job)) }),
        async start(job: NewJob) {
          const path = pathOf(job)
          expect(job.output!.existing).toBe('fail')
          core.files.set(path, 'trial')
          core.rows.push({ id: 100 + core.rows.length, path, reference: 7 })
          return { id: 1 }
        },
        items: async () => ({ items: [{ output: core.rows.at(-1)!.path }] }),
      },
      library: {
        page: async ({ view }: { view: { search: string } }) => ({
          rows: core.rows.filter(({ path }) => path.endsWith(view.search)),
        }),
        async details({ id }: { id: number }) {
          const row = core.rows.find((each) => each.id === id)!
          return {
            ...row,
            path: '/elsewhere/of-the-same-content.png',
            locations: [{ path: row.path, isThere: true }],
          }
        },
      },
    },
  }
})
vi.mock('../../../../renderer/state/jobs.svelte.ts', () => ({
  jobs: { ended: async () => ({ error: null }) },
}))
vi.mock('../../../../renderer/state/library.svelte.ts', () => ({ library: { reload: async () => {} } }))
beforeEach(() => {
  core.files.clear()
  core.rows.length = 0
})

test('a trial copy is made once and then found again', async () => {
  const made = await noisyCopy(7)
  expect(core.files.size).toBe(1)
  expect(await noisyCopy(7)).toBe(made)
  expect(core.files.size).toBe(1)
})

test('a file that is no trial copy of the photo stays', async () => {
  core.files.set('/p/x-gaussian.png', 'saved')
  core.files.set('/p/x-trial-noise-25.png', 'somebody’s own')
  core.files.set('/p/x-trial-noise-25-2.png', 'of another photo')
  core.rows.push({ id: 3, path: '/p/x-trial-noise-25-2.png', reference: 8 })
  await noisyCopy(7)
  expect([...core.files.values()]).toEqual(['saved', 'somebody’s own', 'of another photo', 'trial'])
})

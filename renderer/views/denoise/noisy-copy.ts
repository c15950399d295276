import { client } from '../../state/client.ts'
import { jobs } from '../../state/jobs.svelte.ts'
import { library } from '../../state/library.svelte.ts'

const sigma255 = 25

/**
 * A copy with Gaussian noise, in the library, where it remembers its clean original: its id. It is saved beside the other
 * results under a name of its own, and found again the next time; files of that name that are no such copy stay.
 */
export async function noisyCopy(image: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const number = attempt === 1 ? '' : `-${attempt}`
    const job = {
      kind: 'noise' as const,
      images: [image],
      settings: { model: 'gaussian', parameters: { sigma255 }, seed: 1 },
      output: {
        template: `{folder}/{name}-trial-noise-${sigma255}${number}{ext}`,
        ...{ format: 'png' as const, existing: 'fail' as const, importResults: true },
      },
    }
    const { path, exists } = await client.jobs.target(job)
    const known = exists ? await detailsAt(path) : null
    if (known?.reference === image) return known.id
    if (exists) continue
    const { id } = await client.jobs.start(job)
    const ended = await jobs.ended(id)
    const { items } = await client.jobs.items({ id })
    const [item] = items
    if (!item?.output) throw item?.error ?? ended.error ?? new Error('the noisy copy was not made')
    await library.reload()
    const made = await detailsAt(item.output)
    if (made) return made.id
    throw new Error(`${item.output} is not in the library`)
  }
}

async function detailsAt(path: string) {
  const name = path.split(/[\\/]/).at(-1) ?? ''
  const found = await client.library.page({ view: { search: name }, offset: 0, limit: 20 })
  for (const { id } of found.rows) {
    const details = await client.library.details({ id })
    if (details.locations.some((location) => location.path === path)) return details
  }
  return null
}

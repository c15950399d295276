import { client } from '../../state/client.ts'
import { jobs } from '../../state/jobs.svelte.ts'
import { library } from '../../state/library.svelte.ts'

const sigma255 = 25

/**
 * Saves a copy with Gaussian noise beside the other results and takes it into the library, where it remembers its clean
 * original: the id of the copy.
 */
export async function noisyCopy(image: number): Promise<number> {
  const { id } = await client.jobs.start({
    kind: 'noise',
    images: [image],
    settings: { model: 'gaussian', parameters: { sigma255 }, seed: 1 },
    output: { format: 'png', existing: 'replace', importResults: true },
  })
  const ended = await jobs.ended(id)
  const { items } = await client.jobs.items({ id })
  const [item] = items
  if (!item?.output) throw item?.error ?? ended.error ?? new Error('the noisy copy was not made')
  await library.reload()
  const name = item.output.split(/[\\/]/).at(-1) ?? ''
  const found = await client.library.page({ view: { search: name }, offset: 0, limit: 20 })
  for (const row of found.rows) {
    const { path } = await client.library.details({ id: row.id })
    if (path === item.output) return row.id
  }
  throw new Error(`${item.output} is not in the library`)
}

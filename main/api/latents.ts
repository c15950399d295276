import { latentsArea } from '../../shared/contract/latents.ts'
import { scoreFeatures } from '../core/latents/features.ts'
import { Inbox } from '../core/topic.ts'
import { modelCard } from '../models/card.ts'
import { areaRouter } from './area.ts'

export const latents = areaRouter(latentsArea, {
  models: (_, { core }) =>
    core.catalog.models
      .list()
      .filter(({ task }) => task === 'reconstruct')
      .map(({ id, card }) => {
        const { title, architecture, training } = modelCard.parse(card)
        const { code } = architecture.options as { code?: number }
        return { id, title, codeLength: code ?? 0, data: training.data }
      }),

  encode: ({ model, source }, { latents }, signal) =>
    progressing(signal, async (onProgress) => {
      const encoded = await latents.encode(model, source, { signal, onProgress })
      return { kind: 'done' as const, encoded }
    }),

  map: ({ key, method }, { latents }, signal) =>
    progressing(signal, async (onProgress) => {
      const drawn = await latents.map(key, method, { signal, onProgress })
      return { kind: 'done' as const, ...drawn }
    }),

  items: ({ key, indices }, { latents }) => latents.items(key, indices),
  neighbours: ({ key, index, count }, { latents }) => latents.neighbours(key, index, count),
  clusters: ({ key, count, seed }, { latents }, signal) => latents.clusters(key, count, seed, signal),
  position: ({ key, index }, { latents }) => latents.position(key, index),

  async decode({ key, code, axes }, { latents }, signal) {
    return { pixels: await latents.decode(key, code, axes, signal) }
  },

  interpolate: ({ key, a, b, steps }, { latents }, signal) => latents.interpolate(key, a, b, steps, signal),

  async generate({ key, ...draw }, { latents }, signal) {
    return { pixels: await latents.generate(key, draw, signal) }
  },

  place: ({ key, map, paths }, { latents }, signal) => latents.place(key, map, paths, signal),

  async classify({ key }, { latents }, signal) {
    const collection = latents.collection(key)
    const trainingCount = Math.floor(collection.items.length * 0.8)
    return scoreFeatures([collection], { trainingCount, signal })
  },
})

/** Progress as it comes, then what the work gives. */
async function* progressing<Done>(
  signal: AbortSignal,
  work: (onProgress: (fraction: number) => void) => Promise<Done>,
): AsyncGenerator<{ kind: 'progress'; fraction: number } | Done> {
  const inbox = new Inbox<{ kind: 'progress'; fraction: number } | Done>()
  let told = 0
  work((fraction) => {
    if (fraction < 1 && fraction - told < 0.01) return
    told = fraction
    inbox.put({ kind: 'progress', fraction })
  }).then(
    (done) => {
      inbox.put(done)
      inbox.close()
    },
    (error) => inbox.close({ error }),
  )
  yield* inbox.until(signal)
}

import { latentsArea } from '../../shared/contract/latents.ts'
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
  clusters: ({ key, count, seed }, { latents }, signal) =>
    progressing(signal, async (onProgress) => {
      const clusters = await latents.clusters(key, count, seed, { signal, onProgress })
      return { kind: 'done' as const, clusters }
    }),

  nameCluster({ key, cluster, name }, { latents }) {
    latents.nameCluster(key, cluster, name)
    return null
  },

  collections: ({ key }, { latents }) => ({ names: latents.collections(key) }),

  measure: ({ key }, { latents }, signal) =>
    progressing(signal, async (onProgress) => {
      const spreads = await latents.measure(key, { signal, onProgress })
      return { kind: 'done' as const, ...spreads }
    }),

  inLibrary: ({ key, indices }, { latents }) => ({ ids: latents.inLibrary(key, indices) }),
  position: ({ key, index }, { latents }) => latents.position(key, index),

  async decode({ key, code, axes }, { latents }, signal) {
    return { pixels: await latents.decode(key, code, axes, signal) }
  },

  interpolate: ({ key, a, b, steps }, { latents }, signal) => latents.interpolate(key, a, b, steps, signal),

  async generate({ key, ...draw }, { latents }, signal) {
    return { pixels: await latents.generate(key, draw, signal) }
  },

  place: ({ key, map, paths }, { latents }, signal) => latents.place(key, map, paths, signal),

  classify: ({ key }, { latents }, signal) =>
    progressing(signal, async (onProgress) => {
      const scored = await latents.classify(key, { signal, onProgress })
      return { kind: 'done' as const, ...scored }
    }),
})

interface Progress {
  readonly kind: 'progress'
  readonly fraction: number
  readonly step: string
}

/** Progress as it comes, then what the work gives. */
async function* progressing<Done>(
  signal: AbortSignal,
  work: (onProgress: (fraction: number, step?: string) => void) => Promise<Done>,
): AsyncGenerator<Progress | Done> {
  const inbox = new Inbox<Progress | Done>()
  let told = { fraction: 0, step: '' }
  work((fraction, step = '') => {
    if (fraction < 1 && fraction - told.fraction < 0.01 && step === told.step) return
    told = { fraction, step }
    inbox.put({ kind: 'progress', fraction, step })
  }).then(
    (done) => {
      inbox.put(done)
      inbox.close()
    },
    (error) => inbox.close({ error }),
  )
  yield* inbox.until(signal)
}

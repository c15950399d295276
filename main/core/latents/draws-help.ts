import { classifyLogistic, fitLogistic } from '../../latents/logistic.ts'
import { classifyByNeighbours } from '../../latents/nearest.ts'
import { type Points, pointsOf, selectPoints } from '../../latents/points.ts'
import { accuracy } from '../../latents/scores.ts'
import type { Core } from '../core.ts'
import type { Collection } from './collection.ts'
import { generateByClass } from './generate.ts'

/** A classifier that knows few labels, without and with drawn images beside them; shares of held-out images, 0 to 1. */
export interface DrawsFigures {
  readonly features: 'raw pixels' | 'codes'
  readonly draws: number
  readonly neighbours: number
  readonly logistic: number
}

export interface DrawsOptions {
  readonly trainingCount: number
  /** labels that are known: those of the first so many items */
  readonly labelled: number
  /** how many drawn images are added, in turn */
  readonly draws: readonly number[]
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Draws labelled images from priors fitted to each class's few labelled codes, decodes them, and adds them to what a
 * classifier learns from: its pixels, or its codes.
 */
export async function scoreDraws(
  core: Core,
  collection: Collection,
  { trainingCount, labelled, draws, seed, signal }: DrawsOptions,
): Promise<DrawsFigures[]> {
  const { items, labels, points, values } = collection
  const truth = Int32Array.from(items, ({ label }) => label!)
  const pixels = pointsOf(values, values.length / items.length)
  const indices = Array.from({ length: labelled }, (_, i) => i)
  const few = { ...collection, items: items.slice(0, labelled), points: selectPoints(points, indices) }
  const expected = truth.subarray(trainingCount)
  const rest = Array.from({ length: items.length - trainingCount }, (_, i) => trainingCount + i)
  const rows: DrawsFigures[] = []
  for (const count of draws) {
    const drawn = count > 0 ? await generateByClass(core, few, { count, seed, temperature: 1, signal }) : null
    const learned = Int32Array.of(...truth.subarray(0, labelled), ...(drawn?.labels ?? []))
    const drawnCodes = drawn
      ? (
          await core.inference.call(
            'encodeVectors',
            {
              model: { folder: collection.model.folder, sha256: collection.model.sha256 },
              count,
              values: drawn.images,
            },
            { signal },
          )
        ).codes
      : new Float32Array(0)
    for (const [features, all, extra] of [
      ['raw pixels', pixels, drawn?.images ?? new Float32Array(0)],
      ['codes', points, drawnCodes],
    ] as const) {
      const known = joined(selectPoints(all, indices), extra)
      const heldOut = selectPoints(all, rest)
      const model = fitLogistic(known, learned, {
        classes: labels.length,
        maxRounds: 100,
        ...(signal ? { signal } : {}),
      })
      rows.push({
        ...{ features, draws: count },
        neighbours: accuracy(expected, classifyByNeighbours(known, learned, heldOut, 5)),
        logistic: accuracy(expected, classifyLogistic(model, heldOut)),
      })
    }
  }
  return rows
}

function joined(points: Points, extra: Float32Array): Points {
  const values = new Float32Array(points.values.length + extra.length)
  values.set(points.values)
  values.set(extra, points.values.length)
  return pointsOf(values, points.length)
}

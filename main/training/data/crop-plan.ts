import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { type PhotoView, type TrainingPhoto, viewBytes } from './photo-views.ts'

export interface CropPlanSettings {
  readonly seed: number
  /** Crops per step. */
  readonly batch: number
  /** Side of a crop in pixels. */
  readonly crop: number
  /** Photos that are larger than this when decoded, all together, take turns: see below. */
  readonly poolBytes: number
  /** Crops drawn, on average, from a photo while its turn lasts. */
  readonly cropsPerTurn: number
}

/** One crop: where it lies in its view, and how it is turned (quarter turns, counter-clockwise) and then mirrored. */
export interface CropChoice {
  /** Index of the photo. */
  readonly photo: number
  readonly view: PhotoView
  readonly x: number
  readonly y: number
  readonly turns: number
  readonly mirrored: boolean
}

/** The crops of a step; photos known to be broken are never chosen. */
export type CropPlan = (step: number, broken: ReadonlySet<number>) => CropChoice[]

/** Draws among the photos that have their turn before any photo will do. */
const drawsInTurn = 64
const turnStream = -1

/**
 * Which crops a step sees: a pure function of the settings and the step, so that any thread, and a run that goes on
 * after a stop, sees the same. A view is drawn in proportion to the root of its pixels, then a position, a quarter
 * turn and a mirroring. A broken photo is replaced by the next draw; being broken is a property of the file, so it
 * does not matter who finds out and when.
 *
 * When the photos do not fit in the pool, decoding one for each crop would be too slow: then each has its turn, in
 * an order shuffled anew every round, and a step draws only from those whose turn it is.
 */
export function createCropPlan(photos: readonly TrainingPhoto[], settings: CropPlanSettings): CropPlan {
  const { seed, batch, crop } = settings
  const everything = weigh(photos, [...photos.keys()])
  const inTurn = takingTurns(photos, settings)

  return (step, broken) => {
    const pool = inTurn?.(step) ?? everything
    return Array.from({ length: batch }, (_, index) => {
      for (let draw = 0; broken.size < photos.length; draw++) {
        const random = new Random([seed, step, index, draw])
        const { photo, view } = pick(draw < drawsInTurn ? pool : everything, random.uniform())
        if (broken.has(photo)) continue
        const y = random.integer(view.height - crop + 1)
        const x = random.integer(view.width - crop + 1)
        return { photo, view, x, y, turns: random.integer(4), mirrored: random.uniform() < 0.5 }
      }
      throw new AppError('unreadable', `none of the ${photos.length} photos to train on can be decoded`)
    })
  }
}

interface WeighedViews {
  readonly views: readonly { readonly photo: number; readonly view: PhotoView }[]
  /** Sums of the weights up to and with each view. */
  readonly upTo: Float64Array
}

function weigh(photos: readonly TrainingPhoto[], chosen: readonly number[]): WeighedViews {
  const views = chosen.flatMap((photo) => photos[photo].views.map((view) => ({ photo, view })))
  const upTo = new Float64Array(views.length)
  let sum = 0
  for (const [index, { view }] of views.entries()) {
    sum += Math.sqrt(view.width * view.height)
    upTo[index] = sum
  }
  return { views, upTo }
}

function pick({ views, upTo }: WeighedViews, uniform: number) {
  const target = uniform * upTo[upTo.length - 1]
  let [low, high] = [0, upTo.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (upTo[middle] > target) high = middle
    else low = middle + 1
  }
  return views[low]
}

/** The views whose turn it is at a step; null when all photos fit in the pool. */
function takingTurns(photos: readonly TrainingPhoto[], settings: CropPlanSettings) {
  const { seed, batch, poolBytes, cropsPerTurn } = settings
  const bytes = photos.reduce(
    (sum, { views }) => sum + views.reduce((part, view) => part + viewBytes(view), 0),
    0,
  )
  if (bytes <= poolBytes) return null
  const size = Math.min(photos.length, Math.max(batch, Math.floor((poolBytes / bytes) * photos.length)))
  let round = { number: -1, order: [] as number[] }
  let last = { first: -1, pool: weigh(photos, []) }

  const photoAt = (turn: number) => {
    const number = Math.floor(turn / photos.length)
    if (round.number !== number) {
      round = { number, order: new Random([seed, turnStream, number]).shuffle([...photos.keys()]) }
    }
    return round.order[turn % photos.length]
  }
  return (step: number) => {
    const first = Math.floor((step * batch) / cropsPerTurn)
    if (last.first !== first) {
      last = {
        first,
        pool: weigh(
          photos,
          Array.from({ length: size }, (_, place) => photoAt(first + place)),
        ),
      }
    }
    return last.pool
  }
}

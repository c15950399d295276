import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { type Range, range } from '../../../shared/sweep-range.ts'
import { describe } from '../../models/descriptions.ts'
import type { Core } from '../core.ts'
import { type PlanRequest, planRun } from '../plan-run.ts'
import type { TrainRequest } from '../train.ts'
import { trialsOf } from './plan.ts'

/** As the job of a sweep stores it. */
export const sweepInput = z.strictObject({
  id: z.string(),
  ranges: z.record(z.string(), range),
  trials: z.union([z.literal('grid'), z.int().positive().max(1000)]),
  seed: z.int(),
  minEpochs: z.number().positive(),
  maxEpochs: z.number().positive(),
  eta: z.number().min(2).max(10),
  /** what is compared: a metric's name, or `loss/validation` */
  by: z.string(),
  /** a higher figure is better, as for decibels */
  isHigherBetter: z.boolean().default(false),
  architecture: z.string(),
  images: z.array(z.string()),
  /** photos that are split already, in place of `images`: every trial sees the same */
  split: z
    .strictObject({ name: z.string(), training: z.array(z.string()), validation: z.array(z.string()) })
    .nullable()
    .default(null),
  validationList: z.string().nullable(),
  given: z.record(z.string(), z.unknown()),
  licenceNote: z.string().default('not stated'),
  /** put into the queue by a window: goes on by itself after a restart */
  isFromWindow: z.boolean().default(false),
})
export type SweepInput = z.infer<typeof sweepInput>

type Wanted = Pick<SweepInput, 'id' | 'trials' | 'seed' | 'minEpochs' | 'maxEpochs' | 'eta' | 'given'> &
  Partial<Omit<SweepInput, 'by'>> & {
    readonly models: readonly string[]
    readonly tries: Readonly<Record<string, Range>>
    readonly by?: string | undefined
  }

/**
 * A sweep from what a person asks for. Several models are one more setting to try; they are compared by what all
 * of them measure, whatever loss each is trained with.
 * @throws AppError `bad-input`
 */
export function sweepOf({ models, tries, by, minEpochs, maxEpochs, ...rest }: Wanted): SweepInput {
  const tasks = new Set(models.map((model) => describe(model).task))
  if (tasks.size !== 1) {
    throw new AppError('bad-input', `models of one sweep do the same; ${models.join(', ')} do not`)
  }
  if (minEpochs > maxEpochs) {
    throw new AppError(
      'bad-input',
      `the first epochs, ${minEpochs}, are more than the ${maxEpochs} of the best trials`,
    )
  }
  const figure = by || (tasks.has('reconstruct') ? 'mse' : 'loss/validation')
  const model = models.length > 1 ? { model: { values: [...models] } } : {}
  return sweepInput.parse({
    ...{ images: [], validationList: null, ...rest, minEpochs, maxEpochs },
    ...{ architecture: models[0], ranges: { ...model, ...tries } },
    ...{ by: figure, isHigherBetter: figure.endsWith('_dB') },
  })
}

/** Trials are runs of the sweep's name with a number. */
export function trialName({ id }: Pick<SweepInput, 'id'>, trial: number): string {
  return `${id}-${trial + 1}`
}

/** @throws AppError naming what cannot be trained so */
export function planTrial(
  input: SweepInput,
  settings: Readonly<Record<string, unknown>>,
  id: string,
): Promise<TrainRequest> {
  const { model = input.architecture, ...rest } = settings as { model?: string }
  const request: PlanRequest = {
    ...{ architecture: String(model), images: input.images, id, parent: null },
    licenceNote: input.licenceNote,
    length: { epochs: input.maxEpochs },
    // Judged after every epoch, so that each rung has a figure.
    given: { validateEvery: 0, ...input.given, ...rest },
    ...(input.split ? { split: input.split } : {}),
    ...(input.validationList ? { validationList: input.validationList } : {}),
  }
  return planRun(request)
}

/**
 * Said before hours of training: names that are taken, and a value that no trial can be planned with.
 * @throws AppError `conflict`, `bad-input`, `not-found`
 */
export async function checkSweep({ catalog }: Pick<Core, 'catalog'>, input: SweepInput): Promise<void> {
  const trials = trialsOf(input)
  const taken = trials
    .map((_, i) => trialName(input, i))
    .find((id) => catalog.runs.byId(id) ?? catalog.models.byId(id))
  if (taken) {
    throw new AppError('conflict', `there is a run or model '${taken}' already; give the sweep another name`)
  }
  // Trials until each value of each setting was in one.
  const seen = new Set<string>()
  for (const [i, settings] of trials.entries()) {
    const values = Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    const isDrawn = (name: string) => !('values' in input.ranges[name]!)
    const isNew = values.some((value) => !seen.has(value) && !isDrawn(value.slice(0, value.indexOf('='))))
    if (i > 0 && !isNew) continue
    for (const value of values) seen.add(value)
    await planTrial(input, settings, trialName(input, i))
  }
}

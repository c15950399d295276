import { isWorth, type Savings } from '../../shared/contract/savings.ts'
import { toAppError } from '../../shared/errors.ts'
import type { Model } from '../catalog/models.ts'
import type { Run } from '../catalog/runs.ts'
import type { TrainOutput } from '../training/run.ts'
import type { Core } from './core.ts'
import { removeModel } from './model-library.ts'
import { keepBest } from './run-model.ts'
import type { TrainRequest } from './train.ts'
import { measureSavings, writeSavings } from './training/measure-savings.ts'

export interface Conclusion {
  /** null where the model it began with stays the better one */
  readonly model: Model | null
  /** of a codec that was fine-tuned */
  readonly savings: Savings | null
  /** why there is no new model, in a sentence */
  readonly verdict: string | null
}

export interface ConcludeOptions {
  readonly signal?: AbortSignal | undefined
  readonly onNote?: ((text: string) => void) | undefined
}

/** A finished run's best weights as a model, unless those it began with judge held-out data better. */
export async function concludeRun(
  core: Core,
  run: Run,
  request: TrainRequest,
  output: TrainOutput,
  { signal, onNote }: ConcludeOptions,
): Promise<Conclusion> {
  const { catalog } = core
  const parent = request.parentId ? catalog.models.byId(request.parentId) : undefined
  const isFineTuned = parent?.architecture === request.config.architecture
  if (isFineTuned && output.best?.step === 0) {
    const verdict = `Training did not help: on held-out data ${parent.id} is better than all that came after, and stays.`
    return { model: null, savings: null, verdict }
  }
  const model = await keepBest(core, run, request, output)
  const { task } = request.config
  if (!isFineTuned || task.kind !== 'compress') return { model, savings: null, verdict: null }
  const savings = await measureSavings(core, {
    ...{ parent, model, training: task.training, heldOut: task.validation, signal },
    onPhoto: (done, of) =>
      onNote?.(`Files of both models are compared: held-out photo ${done + 1} of ${of}.`),
  }).catch((error) => {
    if (toAppError(error).code !== 'aborted') throw error
    return null
  })
  if (!savings) return { model, savings, verdict: null }
  await writeSavings(run.folder, savings)
  if (isWorth(savings)) return { model, savings, verdict: null }
  await removeModel(catalog, model.id)
  const verdict = `Training did not help: at the same PSNR the held-out photos' files take ${savings.after.bytes} bytes in place of ${savings.before.bytes}; ${parent.id} stays.`
  return { model: null, savings, verdict }
}

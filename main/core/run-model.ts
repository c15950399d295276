import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Model } from '../catalog/models.ts'
import type { Run } from '../catalog/runs.ts'
import { modelId, saveModel } from '../models/card.ts'
import { describe } from '../models/descriptions.ts'
import { readSafetensors } from '../models/safetensors.ts'
import { bestWeightsPath } from '../training/paths.ts'
import type { TrainOutput } from '../training/run.ts'
import type { RunConfig } from '../training/run-config.ts'
import type { Core } from './core.ts'
import { addToCatalog, findModel, modelsFolder } from './model-library.ts'
import type { TrainRequest } from './train.ts'

/**
 * Before hours of training: can their model be saved under this id?
 * @throws AppError `bad-input` (no fit name), `conflict` (there is a model of this name, or a folder in its place)
 */
export async function checkFreeId({ catalog, folder }: Core, id: string): Promise<void> {
  const parsed = modelId.safeParse(id)
  if (!parsed.success) {
    throw new AppError('bad-input', `name of a run: expected ${parsed.error.issues[0]!.message}, got '${id}'`)
  }
  if (catalog.models.byId(id)) {
    throw new AppError('conflict', `there is a model '${id}' already; choose another name`)
  }
  const place = join(modelsFolder(folder), id)
  const taken = await access(place).then(
    () => true,
    () => false,
  )
  if (taken) throw new AppError('conflict', `there is a model folder ${place} already; choose another name`)
}

/** The best weights of a finished run as a model of the same name. A run killed while this was written repeats it. */
export async function keepBest(
  core: Core,
  run: Run,
  request: TrainRequest,
  output: TrainOutput,
): Promise<Model> {
  const { catalog } = core
  const known = catalog.models.byId(run.id)
  if (known) return known
  if (!output.best) {
    throw new AppError(
      'engine',
      `run ${run.id}: no validation gave a finite loss, so there is no model to keep`,
    )
  }
  const { config, parentId, dataNote, licenceNote } = request
  const { task, title } = describe(config.architecture)
  const parent = parentId ? findModel(catalog, parentId) : null
  const tensors = await tensorsToKeep(core, config, bestWeightsPath(run.folder))
  const folder = join(modelsFolder(core.folder), run.id)
  await mkdir(modelsFolder(core.folder), { recursive: true })
  await rm(folder, { recursive: true, force: true })
  const metrics = { validation: { step: output.best.step, ...figuresAt(core, run.id, output.best.step) } }
  const card = await saveModel(
    folder,
    {
      id: run.id,
      title,
      task,
      architecture: { id: config.architecture, options: config.options },
      training: {
        data: dataNote,
        licence: licenceNote,
        steps: output.step,
        minutes: Math.round(output.elapsedMs / 6000) / 10,
        seed: config.settings.seed,
        settings: {
          ...config.settings,
          ...config.task.data,
          ...('loss' in config.task ? config.task.loss : {}),
        },
      },
      metrics,
      parent: parent && { id: parent.id, sha256: parent.sha256 },
    },
    tensors,
  )
  return addToCatalog(catalog, card, folder)
}

/** As a model file holds them: a codec's entropy model as integers. */
async function tensorsToKeep({ training }: Core, { task, options }: RunConfig, weights: string) {
  if (task.kind !== 'compress') return (await readSafetensors(weights)).tensors
  return training.call('packCodec', { weights, options, photos: task.training })
}

/** What was measured at a validation, by name. */
function figuresAt({ catalog }: Core, runId: string, step: number): Record<string, number | undefined> {
  const { metrics } = catalog.runs
  const names = metrics.last(runId).map(({ name }) => name)
  const at = (name: string) => metrics.series(runId, name).find((point) => point.step === step)?.value
  return Object.fromEntries(names.filter((name) => name !== 'loss/training').map((name) => [name, at(name)]))
}

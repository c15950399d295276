import { trainArea } from '../../shared/contract/train.ts'
import { AppError } from '../../shared/errors.ts'
import { findModel } from '../core/model-library.ts'
import { planRun } from '../core/plan-run.ts'
import { readSavings } from '../core/training/measure-savings.ts'
import { picturesOf } from '../core/training/pictures-of.ts'
import { curvesOf } from '../core/training/run-curves.ts'
import { trainables } from '../core/training/trainables.ts'
import { areaRouter } from './area.ts'

export const train = areaRouter(trainArea, {
  trainables: () => [...trainables],

  async *events(_, { training }, signal) {
    yield { kind: 'runs', runs: training.runs() }
    yield* training.events.values(signal)
  },

  async curves({ id }, { core, training }) {
    const samples = await training.samplesOf(id)
    const savings = await readSavings(core.catalog.runs.byId(id)!.folder)
    return curvesOf(core.catalog.runs.metrics, id, { samples, savings })
  },

  async start({ name, architecture, data, parent, selfSupervised, length, settings }, app) {
    const { core, training } = app
    const request = await planRun({
      ...{ architecture, length, id: name, selfSupervised, licenceNote: 'your own' },
      ...(await picturesOf(app, data)),
      given: known(architecture, settings),
      parent: parent === null ? null : findModel(core.catalog, parent),
    })
    await training.start(request)
    return { id: name }
  },

  async pause({ id }, { training }) {
    await training.end(id, 'pause')
    return null
  },

  async stop({ id }, { training }) {
    await training.end(id, 'stop')
    return null
  },

  async resume({ id }, { training }) {
    await training.resume(id)
    return null
  },

  async remove({ id }, { training }) {
    await training.remove(id)
    return null
  },

  async reveal({ id }, { core, host }) {
    const run = core.catalog.runs.byId(id)
    if (!run) throw new AppError('not-found', `the catalog has no run ${id}`)
    await host.reveal(run.folder)
    return null
  },
})

/** Settings of the form that differ from its defaults: what a data set does not know stays out of its plan. */
function known(architecture: string, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const trainable = trainables.find((each) => each.architecture === architecture)
  if (!trainable) {
    const ids = trainables.map((each) => each.architecture).join(', ')
    throw new AppError('bad-input', `architecture: expected one of ${ids}, got '${architecture}'`)
  }
  return { ...settings }
}

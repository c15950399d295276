import { sweepsArea } from '../../shared/contract/sweeps.ts'
import { sweepOf } from '../core/sweep/input.ts'
import { picturesOf } from '../core/training/pictures-of.ts'
import { areaRouter } from './area.ts'

/** Between two tellings: a table of a thousand trials is read from the catalog for each. */
const pauseMs = 500

export const sweeps = areaRouter(sweepsArea, {
  async *entries(_, { sweeps }, signal) {
    yield sweeps.entries()
    for await (const _ of sweeps.changed.latest(signal, pauseMs)) yield sweeps.entries()
  },

  async start({ name, models, data, tries, settings, ...rest }, app) {
    const { images, split = null } = await picturesOf(app, data)
    const input = sweepOf({
      ...{ id: name, models, tries, images, split, given: settings, licenceNote: 'your own', ...rest },
    })
    const { id } = await app.sweeps.add(input)
    app.queue.take(id)
    return app.sweeps.entries().find(({ job }) => job === id)!
  },

  async remove({ job }, { sweeps, queue }) {
    await sweeps.remove(job)
    queue.changed.publish(job)
    return null
  },
})

import { settingsArea } from '../../shared/contract/settings.ts'
import { areaRouter } from './area.ts'

export const settings = areaRouter(settingsArea, {
  get: (_, { settings }) => settings.current,
  async set(change, { settings, access }) {
    for (const folder of [change.cacheFolder, change.outputFolder]) if (folder) await access.check(folder)
    return settings.change(change)
  },
  reset: (_, { settings }) => settings.reset(),
  async *changes(_, { settings }, signal) {
    yield settings.current
    yield* settings.changes.values(signal)
  },
  cache: (_, { thumbnails }) => thumbnails.size(),
  clearCache: (_, { thumbnails }) => thumbnails.clear(),
})

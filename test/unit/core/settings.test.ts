import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SettingsStore } from '../../../main/core/settings.ts'
import { defaultSettings } from '../../../shared/contract/settings.ts'

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-settings-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('changes made at once are all kept, in their order; a wrong one among them changes nothing', async () => {
  const data = await dataFolder()
  const store = await SettingsStore.open(data)
  const changes = await Promise.allSettled([
    store.change({ theme: 'light', templates: { noise: '{name}-n' } }),
    store.change({ quality: 1000 }),
    store.change({ quality: 50, templates: { denoise: '{name}-d' } }),
  ])
  expect(changes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const templates = { ...defaultSettings.templates, noise: '{name}-n', denoise: '{name}-d' }
  const expected = { ...defaultSettings, theme: 'light', quality: 50, templates }
  expect(store.current).toEqual(expected)
  expect((await SettingsStore.open(data)).current).toEqual(expected)
  await Promise.all([store.change({ threads: 3 }), store.reset(), store.change({ notify: false })])
  expect(store.current).toEqual({ ...defaultSettings, notify: false })
})

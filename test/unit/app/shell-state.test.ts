import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StateStore } from '../../../main/app/shell-state.ts'

async function stateFile() {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-shell-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'shell-state.json')
}

test('recent folders come each once, the latest first, ten at most', async () => {
  const state = new StateStore(await stateFile())
  for (let i = 0; i < 12; i++) state.addRecent(`/p/${i}`)
  state.addRecent('/p/5')
  expect(state.current.recentFolders).toEqual(
    ['5', '11', '10', '9', '8', '7', '6', '4', '3', '2'].map((name) => `/p/${name}`),
  )
})

test('what was set is there at the next start; a damaged file is a fresh start', async () => {
  const path = await stateFile()
  const bounds = { x: 1, y: 2, width: 1000, height: 700 }
  new StateStore(path).set({ bounds, isMaximized: true })
  await expect.poll(() => new StateStore(path).current).toMatchObject({ bounds, isMaximized: true })
  await writeFile(path, '{"bounds": 7')
  expect(new StateStore(path).current).toEqual({ bounds: null, isMaximized: false, recentFolders: [] })
})

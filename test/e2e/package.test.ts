import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Display, findElectron, launch, openDisplay } from './electron.ts'
import { goTo } from './page.ts'
import { testFolder } from './serve.ts'

// Opens what `npm run package` made, where it was made for the Electron at hand; see README.md, "The window".
const archive = join(import.meta.dirname, '../../out/packages/linux-unpacked/resources/app.asar')
const found = existsSync(archive) ? findElectron() : 'nothing was packaged here (npm run package)'
console.warn(typeof found === 'string' ? `package: skipped, ${found}` : `package: on ${found.name}`)

describe.skipIf(typeof found === 'string')('the packaged application', () => {
  let app: ElectronApplication
  let page: Page
  let display: Display
  let remove = async () => {}

  beforeAll(async () => {
    if (typeof found === 'string') return
    const { path: folder, remove: removeFolder } = await testFolder()
    remove = removeFolder
    display = await openDisplay()
    app = await launch({ electron: found, application: archive, display, folder })
    page = await app.firstWindow()
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await app?.close()
    display?.stop()
    await remove()
  }, 30_000)

  test('its window, its core, its photos and its engine are its own', async () => {
    await page.getByRole('button', { name: 'Try with the sample photos' }).click()
    await page.getByRole('option', { name: /lake/ }).first().waitFor()
    const path = await app.evaluate(({ app: electron }) => electron.getAppPath())
    expect(path).toBe(archive)
    await goTo(page, 'Doctor')
    await page.getByText('TensorFlow').first().waitFor({ timeout: 60_000 })
    await page
      .getByText(/2\.21\.0/)
      .first()
      .waitFor({ timeout: 60_000 })
  }, 150_000)
})

import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { buildWindow } from '../../main/server/build-window.ts'
import { chromiumPath, launchChromium, noChromium } from './browser.ts'
import { openPage, resetPage, screenshot, troubles } from './page.ts'
import { type Served, serve, testFolder } from './serve.ts'
import { compressTests } from './views/compress.ts'
import { denoiseTests } from './views/denoise.ts'
import { frameTests } from './views/frame.ts'
import { jobsTests } from './views/jobs.ts'
import { learnTests } from './views/learn.ts'
import { libraryTests } from './views/library.ts'
import { modelsTests } from './views/models.ts'
import { noiseTests } from './views/noise.ts'
import { ownPhotosTests } from './views/own-photos.ts'
import { passesTests } from './views/passes.ts'
import { restoreTests } from './views/restore.ts'
import { settingsTests } from './views/settings.ts'
import { sweepTests } from './views/sweep.ts'
import { trainLatentsTests } from './views/train-latents.ts'

const samples = join(import.meta.dirname, '../../assets/samples')

/** What the tests of a view work with. */
export interface Window {
  readonly page: Page
  readonly browser: Browser
  readonly served: Served
  /** real photos that the server may read, and where results go beside them */
  readonly folderOfPhotos: string
  /** folder of all */
  readonly folder: string
}

if (!chromiumPath) console.warn(`views: skipped, ${noChromium}`)

/** Each view with its main job, on real photos, one after the other in one window as its user would. */
describe.skipIf(!chromiumPath)('the window in Chromium', () => {
  let window: Window | undefined
  const get = () => window!
  let removeFolder = async () => {}

  beforeAll(async () => {
    await buildWindow(() => undefined)
    const { path: folder, remove } = await testFolder()
    removeFolder = remove
    const photos = join(folder, 'photos')
    await mkdir(join(photos, 'more'), { recursive: true })
    for (const name of await readdir(samples)) {
      if (name.endsWith('.jpg')) await copyFile(join(samples, name), join(photos, name))
    }
    await copyFile(join(samples, 'lake.jpg'), join(photos, 'more', 'lake-again.jpg'))
    const served = await serve(join(folder, 'data'), [photos])
    const browser = await launchChromium()
    const page = await openPage(browser, served)
    window = { page, browser, served, folderOfPhotos: photos, folder }
  }, 300_000)

  afterEach(async ({ task }) => {
    if (!window) return
    if (task.result?.state === 'fail') {
      await screenshot(window.page, `failed-${task.name.split(':')[0]}`)
      await resetPage(window.page)
    }
    expect(troubles(window.page)).toEqual([])
  })

  afterAll(async () => {
    await window?.browser.close()
    await window?.served.stop()
    await removeFolder()
  })

  libraryTests(get)
  noiseTests(get)
  denoiseTests(get)
  restoreTests(get)
  passesTests(get)
  compressTests(get)
  jobsTests(get)
  trainLatentsTests(get)
  learnTests(get)
  sweepTests(get)
  ownPhotosTests(get)
  modelsTests(get)
  settingsTests(get)
  frameTests(get)
})

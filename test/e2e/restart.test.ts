import { once } from 'node:events'
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWindow } from '../../main/server/build-window.ts'
import { chromiumPath, launchChromium, noChromium } from './browser.ts'
import { dropFiles, goTo, openPage, photos, screenshot } from './page.ts'
import { type Served, serve, testFolder } from './serve.ts'

const samples = join(import.meta.dirname, '../../assets/samples')
const names = ['canyon', 'colorado-sign', 'lake', 'walrus']

if (!chromiumPath) console.warn(`restart: skipped, ${noChromium}`)

/** What a power cut does to a batch that two windows watch. */
describe.skipIf(!chromiumPath)('a batch whose process is killed', () => {
  let browser: Browser | undefined
  let served: Served | undefined
  let folder = ''
  let removeFolder = async () => {}
  const source = () => join(folder, 'photos')
  const results = () => join(folder, 'photos', 'clean')

  beforeAll(async () => {
    await buildWindow(() => undefined)
    const made = await testFolder()
    folder = made.path
    removeFolder = made.remove
    await mkdir(results(), { recursive: true })
    for (const name of names) await copyFile(join(samples, `${name}.jpg`), join(source(), `${name}.jpg`))
    served = await serve(join(folder, 'data'), [source()])
    browser = await launchChromium()
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await served?.stop()
    await removeFolder()
  }, 60_000)

  const finished = async () =>
    (await readdir(results())).filter((name) => /^[a-z-]+-clean\.jpg$/.test(name)).sort()
  const batchOf = (page: Page) => page.getByRole('main').locator('ul').first().locator('> li').first()

  test('goes on by itself when it is started again, and does nothing twice', async () => {
    const page = await openPage(browser!, served!)
    const other = await openPage(browser!, served!)
    await dropFiles(
      page,
      names.map((name) => join(source(), `${name}.jpg`)),
    )
    await expect.poll(() => photos(page).count()).toBe(names.length)
    await page.getByRole('listbox', { name: 'Photos' }).press('Control+A')
    await page.getByText('4 chosen').waitFor()
    await goTo(page, 'Denoise')
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(results())
    await dialog.getByLabel('Name').fill('{name}-clean{ext}')
    await dialog.getByText('-clean.jpg').waitFor()
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    // The other window sees the batch, too.
    await goTo(other, 'Jobs')
    await batchOf(other)
      .getByText(/^(waiting|running)$/)
      .waitFor()

    await batchOf(other)
      .getByText(/^[1-3] of 4/)
      .waitFor({ timeout: 240_000 })
    served!.process.kill('SIGKILL')
    await once(served!.process, 'exit')
    const before = await finished()
    expect(before.length).toBeLessThan(names.length)
    // The first that was written is known to be done; the last may have been written and not yet noted.
    const times = await Promise.all(before.map(async (name) => (await stat(join(results(), name))).mtimeMs))
    const firstMs = Math.min(...times)
    const first = before[times.indexOf(firstMs)]!
    await other.getByText('The connection to Hourglass was lost').waitFor()
    await other.context().close()

    served = await serve(join(folder, 'data'), [source()])
    await page.goto(served.nextAddress())
    await goTo(page, 'Jobs')
    const batch = batchOf(page)
    await batch.getByText(/^Denoise 4 photos/).waitFor()
    await batch.getByText('done', { exact: true }).waitFor({ timeout: 240_000 })
    await batch.getByText(/^4 of 4/).waitFor()
    await screenshot(page, 'jobs-after-a-kill')
    expect(await finished()).toEqual(names.map((name) => `${name}-clean.jpg`))
    // What was finished before stayed as it was, and what the kill cut off has left nothing behind.
    expect((await stat(join(results(), first))).mtimeMs).toBe(firstMs)
    expect((await readdir(results())).length).toBe(names.length)
    for (const name of await finished()) {
      const { width, height } = await sharp(join(results(), name))
        .stats()
        .then(() => sharp(join(results(), name)).metadata())
      expect(width * height).toBeGreaterThan(400_000)
    }
  }, 600_000)
})

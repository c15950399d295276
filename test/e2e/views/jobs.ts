import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { checkAccessible, dropFiles, goTo, openPhoto, photos, screenshot, takeBack } from '../page.ts'
import type { Window } from '../views.test.ts'

export function jobsTests(get: () => Window): void {
  const rows = () => get().page.getByRole('main').locator('ul').first().locator('> li')
  const results = () => join(get().folder, 'photos', 'batch')

  test('jobs: a batch is paused, goes on, and is cancelled in the middle of a photo', async () => {
    const { page, folder, folderOfPhotos } = get()
    // Large enough to be at work whenever a button is pressed.
    const wide = join(folder, 'wide.jpg')
    const photo = sharp(join(folderOfPhotos, 'canyon.jpg')).resize(2400, 1600, { fit: 'fill' })
    await photo.jpeg({ quality: 90 }).toFile(wide)
    await mkdir(results(), { recursive: true })
    await goTo(page, 'Library')
    await dropFiles(page, [wide])
    await openPhoto(page, 'wide.jpg')
    await photos(page, 'rock.png').click({ modifiers: ['Control'] })
    await page.getByText('2 chosen').waitFor()
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByRole('button', { name: 'Denoise all' })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(results())
    await dialog.getByLabel('Name').fill('{name}-batch{ext}')
    await dialog.getByText('wide-batch.jpg').waitFor()
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    await goTo(page, 'Jobs')
    const batch = rows().first()
    await batch.getByRole('button', { name: 'Pause' }).click()
    await batch.getByText('paused', { exact: true }).waitFor()
    await batch.getByRole('button', { name: 'Go on' }).click()
    await batch.getByText('running', { exact: true }).waitFor()
    await screenshot(page, 'jobs')
    await batch.getByRole('button', { name: 'Cancel' }).click()
    await batch.getByText('cancelled', { exact: true }).waitFor()
    // That it takes no second is held by the core's own tests; here, that it did not wait for the photo in work.
    expect(await readdir(results())).not.toContain('wide-batch.jpg')
    await checkAccessible(page)
  }, 300_000)

  test('jobs: what was stopped is tried again; files of a job are listed; cleared jobs come back', async () => {
    const { page } = get()
    await goTo(page, 'Jobs')
    const batch = rows().first()
    await batch.getByRole('button', { name: 'Try again' }).click()
    await batch.getByText('done', { exact: true }).waitFor({ timeout: 240_000 })
    await batch.getByRole('button', { name: /^Files of/ }).click()
    await batch
      .getByText(/rock-batch\.png/)
      .first()
      .waitFor()
    await screenshot(page, 'jobs-done')
    expect((await readdir(results())).sort()).toEqual(['rock-batch.png', 'wide-batch.jpg'])
    const count = await rows().count()
    await page.getByRole('button', { name: 'Clear what ended' }).click()
    await page.getByText('Nothing in the queue').waitFor()
    await takeBack(page, 'cleared')
    await expect.poll(() => rows().count()).toBe(count)
  }, 300_000)
}

import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import type { Window } from '../views.test.ts'

/** Networks are trained and run meanwhile, on whatever else the machine does. */
const patient = 180_000

export function trainLatentsTests(get: () => Window): void {
  test(
    'Train: an autoencoder of the sample photos learns, is paused, goes on, and is stopped with its best weights',
    async () => {
      const { page } = get()
      page.setDefaultTimeout(90_000)
      await goTo(page, 'Train')
      await page.getByRole('button', { name: 'Codes of my photos' }).click()
      await page.getByRole('button', { name: 'Start training' }).click()
      await page.getByText('samples/s').waitFor()
      // after a validation, or nothing better than the start would be kept
      await page.getByRole('img', { name: /reconstructions at step [1-9]/ }).waitFor()
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('it goes on where it stopped').waitFor()
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByText('samples/s').waitFor()
      await page.getByRole('button', { name: 'Stop, keep the best' }).click()
      await page.getByRole('button', { name: 'Open in Latents' }).waitFor()
      await page.getByRole('rowheader', { name: 'mse' }).waitFor()
      await checkAccessible(page)
      await screenshot(page, 'train')
      await page.getByRole('button', { name: 'TensorBoard' }).click()
      await expect.poll(() => page.getByText('tensorboard --logdir').textContent()).toContain('my-conv-1')
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
      expect(troubles(page)).toEqual([])
    },
    patient,
  )

  test(
    'Latents: patches are encoded and mapped; one has neighbours, the sliders decode, new ones are drawn',
    async () => {
      const { page } = get()
      await goTo(page, 'Latents')
      await page.getByLabel('Images').selectOption('patches')
      await page.getByRole('complementary').getByRole('button', { name: 'Encode' }).click()
      const map = page.getByRole('application')
      await map.waitFor()
      await page.getByText('1,600 images').waitFor()
      await map.focus()
      const { x, y, width, height } = (await map.boundingBox())!
      const chosen = page.getByRole('region', { name: 'Chosen images' })
      // Somewhere near the middle there is a point.
      for (let reach = 0; reach < 200 && !(await chosen.isVisible()); reach += 20) {
        await page.mouse.click(x + width / 2 + reach, y + height / 2 + reach / 2)
        await chosen.waitFor({ timeout: 5_000 }).catch(() => undefined)
      }
      await expect.poll(() => chosen.getByRole('button').count()).toBe(13)
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('region', { name: /Drawn from/ }).waitFor()
      await page.getByText('Cluster', { exact: true }).first().click()
      await page.getByText('Silhouette').waitFor()
      await checkAccessible(page)
      await screenshot(page, 'latents')
      expect(troubles(page)).toEqual([])
    },
    patient,
  )

  test(
    'Learn: seven steps, each of which opens a real view',
    async () => {
      const { page } = get()
      await goTo(page, 'Learn')
      await expect
        .poll(() => page.getByRole('navigation', { name: 'Steps' }).getByRole('button').count())
        .toBe(7)
      await checkAccessible(page)
      await page.getByRole('button', { name: /Compression/ }).click()
      await page.getByRole('button', { name: 'Compress a sample photo' }).click()
      await page.getByRole('heading', { level: 1, name: 'Compress' }).waitFor()
      expect(troubles(page)).toEqual([])
    },
    patient,
  )
}

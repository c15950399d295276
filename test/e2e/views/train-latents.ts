import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import { pictureSpread } from '../picture.ts'
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
      await page.getByLabel('Images', { exact: true }).selectOption('patches')
      await page.getByRole('complementary').getByRole('button', { name: 'Encode' }).click()
      const map = page.getByRole('application')
      await map.waitFor()
      await page.getByText('1,600 images').waitFor()
      await expect.poll(() => pictureSpread(page)).toBeGreaterThan(1)
      await map.focus()
      const { x, y, width, height } = (await map.boundingBox())!
      const chosen = page.getByRole('region', { name: 'Chosen images' })
      // Somewhere near the middle there is a point.
      for (let reach = 0; reach < 200 && !(await chosen.isVisible()); reach += 20) {
        await page.mouse.click(x + width / 2 + reach, y + height / 2 + reach / 2)
        await chosen.waitFor({ timeout: 5_000 }).catch(() => undefined)
      }
      await expect.poll(() => chosen.getByRole('listitem').count()).toBe(13)
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('region', { name: /Drawn from/ }).waitFor()
      const colourBy = page.getByLabel('Colour by')
      await colourBy.selectOption('psnr')
      await page.getByRole('img', { name: /^From .* dB to .* dB/ }).waitFor()
      await screenshot(page, 'latents-psnr')
      await colourBy.selectOption('cluster')
      await page.getByText('Silhouette', { exact: true }).waitFor()
      await checkAccessible(page)
      await screenshot(page, 'latents')
      // Where few are in view, they are seen as images: points would only lie farther apart.
      const asPoints = await pictureSpread(page)
      for (let i = 0; i < 5; i++) await map.press('+')
      await expect.poll(() => pictureSpread(page)).toBeGreaterThan(asPoints)
      await screenshot(page, 'latents-images')
      await map.press('0')
      expect(troubles(page)).toEqual([])
    },
    patient,
  )

  test(
    'Latents: named clusters are found again; photos lassoed, shown in the library, collected, and placed on the map',
    async () => {
      const { page } = get()
      await goTo(page, 'Latents')
      await page.getByLabel('Images', { exact: true }).selectOption('library')
      await page.getByRole('complementary').getByRole('button', { name: 'Encode' }).click()
      await page.getByText(/, \d{1,2} images/).waitFor()
      await page.getByLabel('Colour by').selectOption('cluster')
      const name = page.getByLabel('Name of cluster 1')
      await name.fill('Water')
      await name.press('Enter')
      // Found anew: of the first time nothing is left but the name.
      await page.getByRole('complementary').getByRole('button', { name: 'Encode' }).click()
      await name.waitFor({ state: 'detached' })
      await page.getByLabel('Colour by').selectOption('cluster')
      await expect.poll(() => name.inputValue()).toBe('Water')
      const map = page.getByRole('application')
      const { x, y, width, height } = (await map.boundingBox())!
      await page.getByRole('button', { name: 'Lasso' }).click()
      await page.mouse.move(x + 4, y + 4)
      await page.mouse.down()
      for (const [across, down] of [
        [0.99, 0.01],
        [0.99, 0.99],
        [0.01, 0.99],
      ] as const)
        await page.mouse.move(x + width * across, y + height * down, { steps: 4 })
      await page.mouse.up()
      await page.getByRole('button', { name: 'Lasso' }).click()
      const chosen = page.getByRole('region', { name: 'Chosen images' })
      const count = Number(/(\d+) chosen/.exec((await chosen.textContent()) ?? '')?.[1])
      expect(count).toBeGreaterThan(3)
      await chosen.getByRole('button', { name: 'Make a collection' }).click()
      await chosen.getByLabel('Name of the collection').fill('From the map')
      await chosen.getByLabel('Name of the collection').press('Enter')
      await page.getByText('Collection From the map made').waitFor()
      await page.getByRole('button', { name: 'Place photos' }).click()
      const dialog = page.getByRole('dialog', { name: 'Photos to place on the map' })
      await dialog.getByRole('button', { name: 'samples' }).click()
      await dialog.getByRole('button', { name: 'walrus.jpg' }).click()
      await dialog.getByRole('button', { name: /^Choose/ }).click()
      await map.getByText('walrus.jpg').waitFor()
      await checkAccessible(page)
      await screenshot(page, 'latents-photos')
      await chosen.getByRole('button', { name: 'Show in the library' }).click()
      await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
      await page.getByText(`${count} chosen`).waitFor()
      await page.getByRole('listbox', { name: 'Photos' }).press('Escape')
      expect(troubles(page)).toEqual([])
    },
    patient,
  )
}

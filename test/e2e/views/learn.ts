import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import type { Window } from '../views.test.ts'

/** Three small networks are trained, on whatever else the machine does. */
const patient = 600_000

export function learnTests(get: () => Window): void {
  test(
    'Learn: the tour is walked, each of its seven steps on real data in a real view, to something seen',
    async () => {
      const { page } = get()
      page.setDefaultTimeout(120_000)
      const main = page.getByRole('main')
      await goTo(page, 'Learn')
      await expect
        .poll(() => page.getByRole('navigation', { name: 'Steps' }).getByRole('button').count())
        .toBe(7)
      await checkAccessible(page)
      await screenshot(page, 'learn')

      await step(page, 'The bottleneck', 'Train with 8 numbers')
      await main.getByRole('heading', { name: 'tour-8' }).waitFor()
      // Meanwhile the next step waits, and says so.
      await step(page, 'Reconstruction', 'Train with 32 numbers')
      await page
        .getByText('tour-8 is still being trained')
        .or(main.getByRole('heading', { name: 'tour-32' }))
        .waitFor()
      await goTo(page, 'Train')
      await runs(page)
        .getByRole('button', { name: /^tour-8/ })
        .click()
      await trained(page)
      await main.getByRole('img', { name: /reconstructions at step [1-9]/ }).waitFor()
      await screenshot(page, 'learn-1-bottleneck')

      await step(page, 'Reconstruction', 'Train with 32 numbers')
      await main.getByRole('heading', { name: 'tour-32' }).waitFor()
      await trained(page)
      await expect.poll(() => main.getByRole('checkbox', { name: /^tour-8/ }).isChecked()).toBe(true)
      await main.locator('figcaption').getByText('tour-8').waitFor()
      // Four times the room: the wider waist reconstructs held-out patches better.
      expect(await bestOf(page, 'tour-32')).toBeLessThan(await bestOf(page, 'tour-8'))
      await screenshot(page, 'learn-2-reconstruction')

      await step(page, 'What the code knows', 'Encode the patches')
      await page.getByText('1,600 images').waitFor()
      await page.getByRole('application').waitFor()
      const slider = page.getByRole('complementary').getByRole('slider').first()
      await slider.waitFor()
      await screenshot(page, 'learn-3-codes')

      await step(page, 'Noise', 'Denoise a sample photo')
      await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
      await page
        .getByRole('complementary', { name: 'Settings' })
        .getByText(/Denoised in/)
        .waitFor()

      await step(page, 'Generation', 'Open the codes')
      await page.getByText('1,600 images').waitFor()
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('region', { name: /Drawn from/ }).waitFor()
      await screenshot(page, 'learn-5-generation')

      await step(page, 'Overfitting', 'Overfit on purpose')
      await main.getByRole('heading', { name: 'tour-overfit' }).waitFor()
      await trained(page)
      await main
        .getByRole('status')
        .filter({ hasText: /^Overfitting: since step \d+ the training loss fell/ })
        .waitFor()
      await main.locator('figcaption').getByText('overfits from here').waitFor()
      await screenshot(page, 'learn-6-overfitting')

      await step(page, 'Compression', 'Compress a sample photo')
      await page.getByRole('heading', { level: 1, name: 'Compress' }).waitFor()
      await page.getByRole('complementary', { name: 'Settings' }).getByText(/bpp/).first().waitFor()
      await screenshot(page, 'learn-7-compression')
      expect(troubles(page)).toEqual([])
    },
    patient,
  )
}

/** Comes back to the tour, and presses a step's button. */
async function step(page: Page, title: string, action: string): Promise<void> {
  await goTo(page, 'Learn')
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: title }).click()
  await page.getByRole('heading', { level: 2, name: title }).waitFor()
  await page.getByRole('button', { name: action }).click()
}

const runs = (page: Page) => page.getByRole('list', { name: 'Runs and sweeps' })

/** The run that is looked at has come to its end. */
async function trained(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Forget' }).waitFor({ timeout: 240_000 })
}

/** The best validation loss, as the list of runs says it. */
async function bestOf(page: Page, run: string): Promise<number> {
  const text = await runs(page)
    .getByRole('button', { name: new RegExp(`^${run}`) })
    .textContent()
  return Number(/[\d.e-]+$/.exec(text!.trim())![0])
}

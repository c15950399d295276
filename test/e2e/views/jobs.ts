import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

export function jobsTests(get: () => Window): void {
  const rows = () => get().page.getByRole('main').locator('ul').first().locator('> li')

  test('jobs: a batch is paused, goes on, and is cancelled within a second', async () => {
    const { page } = get()
    await goTo(page, 'Library')
    await page.getByRole('listbox', { name: 'Photos' }).focus()
    await page.keyboard.press('Control+A')
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByRole('button', { name: 'Denoise all' })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Name').fill('{name}-batch{ext}')
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    await goTo(page, 'Jobs')
    const batch = rows().first()
    await batch.getByRole('button', { name: 'Pause' }).click()
    await batch.getByText('paused', { exact: true }).waitFor()
    await batch.getByRole('button', { name: 'Go on' }).click()
    await batch.getByText(/^(running|waiting)$/).waitFor()
    await expect.poll(() => batch.textContent()).toMatch(/running/)
    await screenshot(page, 'jobs')
    const start = Date.now()
    await batch.getByRole('button', { name: 'Cancel' }).click()
    await batch.getByText('cancelled', { exact: true }).waitFor()
    expect(Date.now() - start).toBeLessThan(2_000)
    await checkAccessible(page)
  })

  test('jobs: what failed or was stopped is tried again; files of a job are listed; cleared jobs come back', async () => {
    const { page } = get()
    const batch = rows().first()
    await batch.getByRole('button', { name: 'Try again' }).click()
    await batch.getByText('done', { exact: true }).waitFor({ timeout: 120_000 })
    await batch.getByRole('button', { name: /^Files of/ }).click()
    await batch
      .getByText(/-batch\.png/)
      .first()
      .waitFor()
    await screenshot(page, 'jobs-done')
    const count = await rows().count()
    await page.getByRole('button', { name: 'Clear what ended' }).click()
    await page.getByText('Nothing in the queue').waitFor()
    await page.keyboard.press('Control+Z')
    await expect.poll(() => rows().count()).toBe(count)
  })
}

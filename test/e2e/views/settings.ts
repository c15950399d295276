import { expect, test } from 'vitest'
import { checkAccessible, goTo, openPage, photos, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

export function settingsTests(get: () => Window): void {
  test('settings: a change is kept, and reaches another window at once', async () => {
    const { page, browser, served } = get()
    await goTo(page, 'Settings')
    await screenshot(page, 'settings')
    await checkAccessible(page)
    const other = await openPage(browser, served)
    const themeOf = (window: typeof page) => window.evaluate(() => document.documentElement.dataset.theme)
    try {
      await page.getByText('Light', { exact: true }).click()
      await expect.poll(() => themeOf(other)).toBe('light')
      await photos(other).first().waitFor()
      await screenshot(other, 'library-light')
      await checkAccessible(other)
      await page.getByLabel('File sizes').selectOption({ label: 'KiB, MiB (1024)' })
      await expect
        .poll(() => other.getByRole('complementary', { name: 'Details' }).textContent())
        .toMatch(/KiB|MiB/)
    } finally {
      await other.context().close()
      await page.getByRole('button', { name: 'Set everything back' }).click()
    }
    await expect.poll(() => themeOf(page)).toBe('dark')
  }, 180_000)

  test('settings: a folder that may not be written to is refused, and what was typed stays', async () => {
    const { page } = get()
    await goTo(page, 'Settings')
    const folder = page.getByLabel('Folder').first()
    await folder.fill('/etc')
    await page.getByRole('alert').waitFor()
    await expect.poll(() => folder.inputValue()).toBe('/etc')
    await folder.fill('')
    await page.getByRole('alert').waitFor({ state: 'detached' })
    const name = page.getByLabel('With noise')
    const before = await name.inputValue()
    await name.fill('{name}{nonsense}')
    const refusal = page.getByRole('alert').filter({ hasText: 'this name knows the fields {folder}' })
    await refusal.waitFor()
    await screenshot(page, 'settings-refused')
    await name.fill(before)
    await refusal.waitFor({ state: 'detached' })
  }, 180_000)

  test('doctor: says what this machine computes with', async () => {
    const { page } = get()
    await goTo(page, 'Doctor')
    await page.getByText('GFLOP/s').first().waitFor({ timeout: 120_000 })
    await page.getByText(/Third-party notices \(\d+\)/).click()
    await page
      .getByText(/^svelte /)
      .first()
      .waitFor()
    await page.getByText(/Third-party notices/).click()
    await page
      .getByText(/^svelte /)
      .first()
      .waitFor({ state: 'hidden' })
    await screenshot(page, 'doctor')
    await checkAccessible(page)
  }, 180_000)
}

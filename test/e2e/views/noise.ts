import { expect, test } from 'vitest'
import { checkAccessible, hasFocus, openPhoto, screenshot } from '../page.ts'
import { pictureSpread } from '../picture.ts'
import type { Window } from '../views.test.ts'

export function noiseTests(get: () => Window): void {
  test('noise: live on the photo, measured as a histogram, repeatable by its seed', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg', 'Noise')
    const settings = page.getByRole('complementary', { name: 'Settings' })
    await settings.getByText('Deviation').waitFor()
    const deviation = async () => Number(/Deviation([\d.]+)/.exec((await settings.textContent()) ?? '')?.[1])
    await expect.poll(deviation).toBeGreaterThan(20)
    const before = await deviation()
    expect(before).toBeLessThan(25.5)
    const strength = settings.getByLabel('Strength', { exact: true })
    const number = () => settings.getByLabel('Strength, number').inputValue()
    await strength.focus()
    await hasFocus(strength)
    for (const expected of ['35', '45', '55']) {
      await page.keyboard.press('Shift+ArrowRight')
      await expect.poll(number).toBe(expected)
    }
    await expect.poll(deviation).toBeGreaterThan(before + 10)
    // What a double click gives back.
    await strength.dblclick({ position: { x: 4, y: 8 } })
    await expect.poll(number).toBe('25')
    await expect.poll(deviation).toBe(before)
    // Another seed is other noise of the same strength; the first seed gives the first noise.
    const seed = settings.getByLabel('Seed', { exact: true })
    await seed.fill('7')
    await seed.press('Enter')
    await expect.poll(deviation).not.toBe(before)
    await seed.fill('1')
    await seed.press('Enter')
    await expect.poll(deviation).toBe(before)
    await settings.getByRole('img', { name: /How far pixels/ }).waitFor()
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(10)
    await screenshot(page, 'noise')
    await checkAccessible(page)
  }, 180_000)

  test('noise: a noisy copy is saved, and lies in the library', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg', 'Noise')
    await page.getByRole('button', { name: 'Save a noisy copy' }).click()
    const dialog = page.getByRole('dialog', { name: 'Save noisy copies' })
    await dialog.getByLabel('Format').selectOption({ label: 'PNG, 8 bit' })
    await expect.poll(() => dialog.textContent()).toContain('lake-gaussian.png')
    await screenshot(page, 'export')
    await checkAccessible(page)
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    await openPhoto(page, 'lake-gaussian.png')
  }, 180_000)
}

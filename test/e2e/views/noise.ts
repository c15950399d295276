import { expect, test } from 'vitest'
import { checkAccessible, goTo, photos, screenshot } from '../page.ts'
import { pictureSpread } from '../picture.ts'
import type { Window } from '../views.test.ts'

export function noiseTests(get: () => Window): void {
  test('noise: live on the photo, measured as a histogram, repeatable by its seed', async () => {
    const { page } = get()
    await photos(page, 'lake.jpg').click()
    await goTo(page, 'Noise')
    const settings = page.getByRole('complementary', { name: 'Settings' })
    await settings.getByText('Deviation').waitFor()
    const deviation = async () => Number(/Deviation([\d.]+)/.exec((await settings.textContent()) ?? '')?.[1])
    expect(await deviation()).toBeGreaterThan(20)
    expect(await deviation()).toBeLessThan(25.5)
    const before = await deviation()
    const strength = settings.getByLabel('Strength', { exact: true })
    await strength.focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight')
    expect(await settings.getByLabel('Strength, number').inputValue()).toBe('55')
    await expect.poll(deviation).toBeGreaterThan(before + 10)
    // What a double click gives back.
    await strength.dblclick({ position: { x: 4, y: 8 } })
    expect(await settings.getByLabel('Strength, number').inputValue()).toBe('25')
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
    await page.getByRole('button', { name: 'Save a noisy copy' }).click()
    const dialog = page.getByRole('dialog', { name: 'Save noisy copies' })
    await dialog.getByLabel('Format').selectOption({ label: 'PNG, 8 bit' })
    await expect.poll(() => dialog.textContent()).toContain('lake-gaussian.png')
    await screenshot(page, 'export')
    await checkAccessible(page)
    await dialog.getByRole('button', { name: 'Export' }).click()
    await page
      .getByText(/: done/)
      .first()
      .waitFor()
    await goTo(page, 'Library')
    await photos(page, 'lake-gaussian.png').click()
  }, 180_000)
}

import { expect, onTestFinished, test } from 'vitest'
import { inGraphicsProcess, launchChromium } from '../browser.ts'
import { checkAccessible, goTo, openPage, openPhoto, screenshot } from '../page.ts'
import { pictureSpread } from '../picture.ts'
import type { Window } from '../views.test.ts'

export function frameTests(get: () => Window): void {
  test('frame: the palette finds a command by its words, and runs it', async () => {
    const { page } = get()
    await goTo(page, 'Library')
    await page.keyboard.press('Control+K')
    await page.getByPlaceholder('What would you like to do?').fill('go to den')
    // What Enter runs.
    await page.getByRole('option', { name: /Go to Denoise/, selected: true }).waitFor()
    await screenshot(page, 'palette')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
  }, 180_000)

  test('frame: ? shows the shortcuts of the view', async () => {
    const { page } = get()
    await goTo(page, 'Denoise')
    await page.keyboard.press('?')
    await page
      .getByRole('dialog', { name: 'Shortcuts' })
      .getByText('Before and after with a handle')
      .waitFor()
    await screenshot(page, 'shortcuts')
    await checkAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }, 180_000)

  test('frame: at 900 x 600 the inspector is a drawer; panels remember their size', async () => {
    const { page } = get()
    await goTo(page, 'Denoise')
    await page.getByRole('separator', { name: 'Width of the inspector' }).focus()
    await page.keyboard.press('Shift+ArrowLeft')
    const width = () =>
      page
        .getByRole('complementary', { name: 'Settings' })
        .evaluate((panel) => (panel as HTMLElement).offsetWidth)
    await expect.poll(width).toBe(340)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
    await expect.poll(width).toBe(340)
    await page.setViewportSize({ width: 900, height: 600 })
    await expect.poll(() => page.getByRole('complementary').count()).toBe(0)
    await page.getByRole('button', { name: 'Show settings' }).click()
    await page.getByRole('complementary', { name: 'Settings' }).waitFor()
    await screenshot(page, 'denoise-900')
    await checkAccessible(page)
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 3840, height: 2160 })
    await expect.poll(width).toBe(340)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  }, 180_000)

  test('frame: everything in the header and the inspector is reached by Tab, with a focus that is seen', async () => {
    const { page } = get()
    await goTo(page, 'Library')
    const reached = new Set<string>()
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const { name, outline } = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement
        const { outlineStyle, outlineWidth } = getComputedStyle(at)
        const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1
        const holder = at.closest('.search, .segmented label, [role=listbox]')
        return {
          name: at.getAttribute('aria-label') ?? at.textContent?.trim().slice(0, 30) ?? '',
          outline: isSeen || holder !== null || at === document.body,
        }
      })
      reached.add(name)
      expect({ name, outline }).toEqual({ name, outline: true })
    }
    for (const name of ['Search the library', 'Import photos', 'Photos']) expect([...reached]).toContain(name)
  }, 180_000)

  test('frame: photos and the map are drawn again after the graphics process has crashed', async () => {
    const browser = await launchChromium(inGraphicsProcess)
    onTestFinished(() => browser.close())
    const page = await openPage(browser, get().served)
    await openPhoto(page, 'lake.jpg', 'Noise')
    await page.getByRole('application').focus()
    await page.keyboard.press('0')
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(10)
    const crash = async () => {
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.crashGpuProcess')
      await session.detach()
    }
    await crash()
    // What the canvas shows now is what was drawn before.
    const before = await pictureSpread(page)
    for (const key of ['+', '+', '+', '+']) await page.keyboard.press(key)
    await expect.poll(() => pictureSpread(page)).not.toBeCloseTo(before, 1)
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(1)
    await goTo(page, 'Latents')
    await page.getByLabel('Images', { exact: true }).selectOption('patches')
    await page.getByRole('complementary').getByRole('button', { name: 'Encode' }).click()
    await page.getByText('1,600 images').waitFor()
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(1)
    await crash()
    const map = await pictureSpread(page)
    await page.getByRole('application').press('+')
    await expect.poll(() => pictureSpread(page)).not.toBeCloseTo(map, 1)
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(1)
  }, 180_000)
}

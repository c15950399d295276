import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkAccessible, goTo, photos, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

export function restoreTests(get: () => Window): void {
  const settings = () => get().page.getByRole('complementary', { name: 'Settings' })
  const lost = async () => {
    const text = (await settings().textContent()) ?? ''
    return Number(/What is lost([\d.]+) %/.exec(text)?.[1] ?? 0)
  }

  /** The photo in the tool, whatever was open before; the other tool is left open. */
  async function inRestore(work: () => Promise<void>): Promise<void> {
    const { page } = get()
    await goTo(page, 'Library')
    await photos(page, 'lake.jpg').click()
    await goTo(page, 'Denoise')
    const tools = page.getByRole('group', { name: 'What is taken away' })
    await tools.getByText('Damage').click()
    await settings().getByRole('heading', { name: 'What is lost' }).waitFor()
    try {
      await work()
    } finally {
      await tools.getByText('Noise').click()
    }
    await settings().getByRole('heading', { name: 'Noise found' }).waitFor()
    await goTo(page, 'Library')
  }

  test(
    'restore: a mask is painted, erased, undone, and cleared',
    () =>
      inRestore(async () => {
        const { page } = get()
        await settings().getByText('First mark what is lost').waitFor()
        const box = (await page.getByRole('application').boundingBox())!
        const stroke = async (from: number, to: number) => {
          await page.mouse.move(box.x + box.width * from, box.y + box.height / 2)
          await page.mouse.down()
          await page.mouse.move(box.x + box.width * to, box.y + box.height / 2, { steps: 5 })
          await page.mouse.up()
        }
        await stroke(0.4, 0.6)
        await expect.poll(lost).toBeGreaterThan(0.3)
        const painted = await lost()
        await page.keyboard.press('e')
        await stroke(0.5, 0.7)
        await expect.poll(lost).toBeLessThan(painted)
        await page.keyboard.press('Control+z')
        await expect.poll(lost).toBe(painted)
        await page.keyboard.press('Control+z')
        await settings().getByText('nothing yet').waitFor()
        await page.keyboard.press('Control+Shift+Z')
        await expect.poll(lost).toBe(painted)
        await page.keyboard.press('b')
        const size = settings().getByLabel('Brush size, number')
        const before = Number(await size.inputValue())
        await page.keyboard.press(']')
        await expect.poll(async () => Number(await size.inputValue())).toBeGreaterThan(before)
        await settings().getByRole('button', { name: 'Clear' }).click()
        await settings().getByText('nothing yet').waitFor()
      }),
    180_000,
  )

  test(
    'restore: scratches are filled by a network and biharmonically, measured, and exported',
    () =>
      inRestore(async () => {
        const { page, folderOfPhotos } = get()
        await settings().getByLabel('Damage', { exact: true }).selectOption('scratches')
        await settings().getByRole('button', { name: 'Damage it' }).click()
        await expect.poll(lost).toBeGreaterThan(1)
        await screenshot(page, 'restore-mask')
        await checkAccessible(page)
        await page.keyboard.press('Control+Enter')
        const cells = settings().getByRole('cell', { name: /^\d\d\.\d\d dB$/ })
        await expect.poll(() => cells.count(), { timeout: 120_000 }).toBe(2)
        await page.keyboard.press('d')
        await page.getByText('Biharmonic', { exact: true }).first().waitFor()
        await screenshot(page, 'restore')
        await checkAccessible(page)
        await page.keyboard.press('Control+e')
        const dialog = page.getByRole('dialog', { name: 'Export the restored photo' })
        await dialog.getByLabel('Folder').fill(join(folderOfPhotos, 'results'))
        await dialog.getByLabel('Format').selectOption({ label: 'PNG, 8 bit' })
        await dialog.getByText('lake-restored.png').waitFor()
        await dialog.getByRole('button', { name: 'Export' }).click()
        await dialog.waitFor({ state: 'detached' })
        await expect
          .poll(() => readdir(join(folderOfPhotos, 'results')), { timeout: 120_000 })
          .toContain('lake-restored.png')
      }),
    240_000,
  )
}

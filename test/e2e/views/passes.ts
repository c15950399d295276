import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { goTo, openPhoto, photos, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

export function passesTests(get: () => Window): void {
  const settings = () => get().page.getByRole('complementary', { name: 'Settings' })
  const results = () => join(get().folderOfPhotos, 'passes')

  /** What the open variant gives as a file. */
  async function exported(stem: string): Promise<Buffer> {
    const { page } = get()
    const name = `${stem}.png`
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(results())
    await dialog.getByLabel('Name').fill(`${stem}{ext}`)
    await dialog.getByText(join(results(), name)).waitFor()
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    const files = () => readdir(results()).catch(() => [])
    await expect.poll(files, { timeout: 120_000 }).toContain(name)
    return readFile(join(results(), name))
  }

  test('denoise: four passes are another variant, on the screen and in the file', async () => {
    const { page } = get()
    await openPhoto(page, 'rock.png', 'Denoise')
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 120_000 })
    await page.getByRole('application').focus()
    await page.keyboard.press('n')
    await settings().getByRole('button', { name: 'Remove variant B' }).waitFor()
    await settings().getByLabel('Passes').selectOption({ label: 'Four: a little better, slower' })
    await page.getByText(/^B: .*, 100 %, 4 passes/).waitFor()
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 120_000 })
    await screenshot(page, 'denoise-passes')
    const four = await exported('four')
    await settings().getByRole('button', { name: 'Remove variant B' }).click()
    await page.getByText('4 passes').waitFor({ state: 'detached' })
    const one = await exported('one')
    expect(four.equals(one)).toBe(false)
  }, 400_000)

  test('denoise: what takes long is stopped, and gone on with', async () => {
    const { page } = get()
    await openPhoto(page, 'colorado-sign.jpg', 'Denoise')
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 120_000 })
    await settings().getByLabel('Passes').selectOption({ label: 'Four: a little better, slower' })
    await page.getByRole('button', { name: 'Stop denoising' }).click()
    await page.getByText('Denoising was stopped').waitFor()
    expect(
      await settings()
        .getByText(/Denoised in/)
        .count(),
    ).toBe(0)
    await screenshot(page, 'denoise-stopped')
    await page.getByRole('button', { name: 'Go on' }).click()
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 120_000 })
    await settings().getByLabel('Passes').selectOption({ label: 'One' })
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 120_000 })
  }, 400_000)

  test('denoise: arrows step within the chosen photos, which stay chosen', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg')
    await photos(page, 'walrus.jpg').click({ modifiers: ['Control'] })
    await goTo(page, 'Denoise')
    await page.getByRole('application').focus()
    const subject = page.getByRole('banner').or(page.locator('header')).first()
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key)
    await expect.poll(() => subject.textContent()).toMatch(/lake\.jpg|walrus\.jpg/)
    await page.getByRole('button', { name: 'Export 2 photos' }).waitFor()
    await goTo(page, 'Compress')
    await page.getByRole('application').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('button', { name: 'Export 2 photos' }).waitFor()
    await goTo(page, 'Library')
    await page.getByRole('listbox', { name: 'Photos' }).press('Escape')
  }, 180_000)
}

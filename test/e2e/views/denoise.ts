import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot } from '../page.ts'
import { pictureGrain } from '../picture.ts'
import type { Window } from '../views.test.ts'

const left = { x: 0.1, y: 0.3, width: 0.3, height: 0.4 }
const right = { x: 0.6, y: 0.3, width: 0.3, height: 0.4 }

export function denoiseTests(get: () => Window): void {
  const settings = () => get().page.getByRole('complementary', { name: 'Settings' })

  test('denoise: the noise is estimated, taken out, and measured against the clean photo', async () => {
    const { page } = get()
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByRole('button', { name: 'Denoise' })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Denoise' }).waitFor()
    await settings()
      .getByText(/likely/)
      .waitFor()
    const level = Number(/found.*?([\d.]+) \/ 255/.exec((await settings().textContent()) ?? '')?.[1])
    expect(level).toBeGreaterThan(20)
    expect(level).toBeLessThan(28)
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 60_000 })
    await expect.poll(() => settings().textContent()).toMatch(/PSNR3\d\.\d\d dB/)
    expect(await settings().textContent()).toContain('Referencelake.jpg')
    // Left of the handle the noisy photo, right of it the result.
    const noisy = await pictureGrain(page, left)
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(noisy / 2)
    await screenshot(page, 'denoise')
    await checkAccessible(page)
  }, 180_000)

  test('denoise: a slider answers within a frame or two from what is cached', async () => {
    const { page } = get()
    await page.keyboard.press('a')
    const clean = await pictureGrain(page, right)
    const answered = await settings()
      .getByLabel('Strength', { exact: true })
      .evaluate(async (slider) => {
        const input = slider as HTMLInputElement
        const times: number[] = []
        for (const value of [80, 60, 40, 20, 0]) {
          const start = performance.now()
          input.value = String(value)
          input.dispatchEvent(new Event('input', { bubbles: true }))
          await new Promise((resolve) => requestAnimationFrame(resolve))
          times.push(performance.now() - start)
        }
        return times
      })
    // The quickest of five: a machine busy with other things is not what is measured.
    expect(Math.min(...answered)).toBeLessThan(50)
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 2)
    await settings()
      .getByLabel('Strength', { exact: true })
      .dblclick({ position: { x: 3, y: 8 } })
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(clean * 1.1)
  }, 180_000)

  test('denoise: held, the key shows the original; detail comes back; what is taken away is seen', async () => {
    const { page } = get()
    const clean = await pictureGrain(page, right)
    await page.getByRole('application').focus()
    await page.keyboard.down('\\')
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 2)
    await page.keyboard.up('\\')
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(clean * 1.1)
    await settings().getByLabel('Detail back, number').fill('100')
    await settings().getByLabel('Detail back, number').press('Enter')
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 1.002)
    await settings().getByText('Taken away').click()
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 4)
    await screenshot(page, 'denoise-residual')
    await settings().getByText('Picture', { exact: true }).click()
  }, 180_000)

  test('denoise: zoom by keys, to single pixels and back, shared by variants side by side', async () => {
    const { page } = get()
    const zoom = () => page.getByLabel('Zoom', { exact: true }).textContent()
    await page.getByRole('application').focus()
    await page.keyboard.press('1')
    expect(await zoom()).toBe('100 %')
    await page.keyboard.press('+')
    expect(await zoom()).toBe('150 %')
    await page.mouse.move(700, 400)
    await page.mouse.wheel(0, -400)
    await expect.poll(zoom).not.toBe('150 %')
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    await settings().getByLabel('Strength, number').fill('50')
    await settings().getByLabel('Strength, number').press('Enter')
    await page.getByText('C: denoiser, 50 %').waitFor()
    expect(await page.getByText(/^[AB]: denoiser, 100 %/).count()).toBe(2)
    await page.getByRole('application').focus()
    await page.keyboard.press('0')
    await screenshot(page, 'denoise-variants')
    await checkAccessible(page)
    await settings().getByRole('button', { name: 'Remove variant C' }).click()
    await settings().getByRole('button', { name: 'Remove variant B' }).click()
  }, 180_000)

  test('denoise: exported by a template into a folder, without a place in it', async () => {
    const { page, folderOfPhotos } = get()
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(join(folderOfPhotos, 'results'))
    await dialog.getByLabel('Name').fill('{name}-{model}{ext}')
    await dialog.getByLabel('Metadata').selectOption({ label: 'Keep all but the place' })
    await expect.poll(() => dialog.textContent()).toContain('lake-gaussian-denoiser.png')
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect
      .poll(() => readdir(join(folderOfPhotos, 'results')).catch(() => []), { timeout: 60_000 })
      .toContain('lake-gaussian-denoiser.png')
    await goTo(page, 'Library')
  }, 180_000)
}

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, smoothness } from '../page.ts'
import { pictureGrain, settledGrain } from '../picture.ts'
import type { Window } from '../views.test.ts'

const left = { x: 0.1, y: 0.3, width: 0.3, height: 0.4 }
const right = { x: 0.6, y: 0.3, width: 0.3, height: 0.4 }

export function denoiseTests(get: () => Window): void {
  const settings = () => get().page.getByRole('complementary', { name: 'Settings' })

  async function setAmount(name: string, percent: number): Promise<void> {
    const field = settings().getByLabel(`${name}, number`)
    await field.fill(`${percent}`)
    await field.press('Enter')
  }

  /**
   * The picture of one variant, all noise taken away: where each test begins, whatever the last one left.
   * @returns how much grain it still has
   */
  async function asDenoised(): Promise<number> {
    await settings()
      .getByText(/Denoised in/)
      .waitFor({ timeout: 60_000 })
    for (const name of ['Remove variant C', 'Remove variant B']) {
      const button = settings().getByRole('button', { name })
      if ((await button.count()) > 0) await button.click()
    }
    await settings().getByText('Picture', { exact: true }).click()
    await setAmount('Strength', 100)
    await setAmount('Detail back', 0)
    return settledGrain(get().page, right)
  }

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
    await settings().getByText('denoiser, because the noise is white').waitFor()
    await expect.poll(() => settings().textContent()).toMatch(/PSNR3\d\.\d\d dB/)
    expect(await settings().textContent()).toContain('Referencelake.jpg')
    // Left of the handle the noisy photo, right of it the result.
    const noisy = await pictureGrain(page, left)
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(noisy / 2)
    await screenshot(page, 'denoise')
    await checkAccessible(page)
  }, 180_000)

  test('denoise: a slider answers at once, from what is cached', async () => {
    const { page } = get()
    await page.keyboard.press('a')
    const clean = await asDenoised()
    const asked: string[] = []
    const remember = (request: Request) => asked.push(request.url())
    const slider = settings().getByLabel('Strength', { exact: true })
    page.on('request', remember)
    const { longestMs } = await smoothness(page, 'a slider of the denoise view', async () => {
      for (const value of [80, 60, 40, 20, 0]) {
        await slider.evaluate(async (element, to) => {
          const input = element as HTMLInputElement
          input.value = to
          input.dispatchEvent(new Event('input', { bubbles: true }))
          for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
        }, `${value}`)
      }
    })
    await expect
      .poll(() => pictureGrain(page, right), { interval: 16, timeout: 1000 })
      .toBeGreaterThan(clean * 2)
    page.off('request', remember)
    expect(asked).toEqual([])
    expect(longestMs).toBeLessThan(50)
    await asDenoised()
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(clean * 1.1)
  }, 180_000)

  test('denoise: held, the key shows the original; detail comes back; what is taken away is seen', async () => {
    const { page } = get()
    const clean = await asDenoised()
    await page.getByRole('application').focus()
    await page.keyboard.down('\\')
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 2)
    await page.keyboard.up('\\')
    await expect.poll(() => pictureGrain(page, right)).toBeLessThan(clean * 1.1)
    await setAmount('Detail back', 100)
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 1.002)
    await settings().getByText('Taken away').click()
    await expect.poll(() => pictureGrain(page, right)).toBeGreaterThan(clean * 4)
    const added = /Deviation(2\d\.\d\d) \/ 255/
    await expect.poll(() => settings().textContent()).toMatch(added)
    await screenshot(page, 'denoise-residual')
  }, 180_000)

  test('denoise: zoom by keys, to single pixels and back, shared by variants side by side', async () => {
    const { page } = get()
    const zoom = () => page.getByLabel('Zoom', { exact: true }).textContent()
    await asDenoised()
    await page.getByRole('application').focus()
    await page.keyboard.press('1')
    await expect.poll(zoom).toBe('100 %')
    await page.keyboard.press('+')
    await expect.poll(zoom).toBe('150 %')
    await page.mouse.move(700, 400)
    await page.mouse.wheel(0, -400)
    await expect.poll(zoom).not.toBe('150 %')
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    await page.getByText('C: denoiser, 100 %').waitFor()
    await setAmount('Strength', 50)
    await page.getByText('C: denoiser, 50 %').waitFor()
    await expect.poll(() => page.getByText(/^[AB]: denoiser, 100 %/).count()).toBe(2)
    await page.getByRole('application').focus()
    await page.keyboard.press('0')
    await screenshot(page, 'denoise-variants')
    await checkAccessible(page)
    await asDenoised()
    await expect.poll(() => page.getByText(/^[ABC]: denoiser/).count()).toBeLessThan(2)
  }, 180_000)

  test('denoise: exported by a template into a folder, without a place in it', async () => {
    const { page, folderOfPhotos } = get()
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(join(folderOfPhotos, 'results'))
    await dialog.getByLabel('Name').fill('{name}-{model}{ext}')
    await dialog.getByLabel('Metadata').selectOption({ label: 'Keep all but the place' })
    await expect.poll(() => dialog.textContent()).toContain('lake-gaussian-denoiser.png')
    // Keys of the view mean nothing behind a dialog: the same photo, no variant more.
    await dialog.getByRole('button', { name: 'Cancel' }).focus()
    for (const key of ['ArrowRight', 'n', 'ArrowLeft', 'n']) await page.keyboard.press(key)
    expect(await page.getByRole('group', { name: 'Variants' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect
      .poll(() => readdir(join(folderOfPhotos, 'results')).catch(() => []), { timeout: 60_000 })
      .toContain('lake-gaussian-denoiser.png')
    await goTo(page, 'Library')
  }, 180_000)
}

import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import type { Window } from '../views.test.ts'

export function ownPhotosTests(get: () => Window): void {
  test('Train: a denoiser of my own noisy photos in three clicks, judged before and after on some held out', async () => {
    const { page } = get()
    page.setDefaultTimeout(90_000)
    await goTo(page, 'Library')
    const tryIt = page.getByRole('button', { name: 'Try with the sample photos' })
    await page
      .getByText(/^[\d,]+ photos?/)
      .or(tryIt)
      .first()
      .waitFor()
    if (await tryIt.isVisible()) await tryIt.click()
    await page
      .getByText(/^[\d,]+ photos?/)
      .first()
      .waitFor()
    await goTo(page, 'Train')
    const form = page.getByRole('complementary', { name: 'What to train' })
    await form.getByText('One run').click()
    const data = form.getByLabel('Learns from')
    const from = form.getByLabel('Starts from')

    await form.getByRole('button', { name: 'Compress my archive' }).click()
    await expect.poll(() => data.inputValue()).toBe('library')
    expect(await from.inputValue()).toBe('codec')

    await form.getByRole('button', { name: 'Denoise my photos' }).click()
    await expect.poll(() => from.inputValue()).toBe('denoiser')
    expect(await data.inputValue()).toBe('library')
    expect(await form.getByRole('switch', { name: 'My photos are noisy' }).isChecked()).toBe(true)
    // Shorter than its twenty minutes.
    await form.getByText('Epochs', { exact: true }).click()
    const length = form.getByRole('textbox', { name: 'Length, number' })
    await length.fill('1')
    await length.press('Enter')
    await form.getByRole('button', { name: 'Start training' }).click()
    const view = page.getByRole('main')
    await view.getByRole('heading', { name: 'my-denoiser-1' }).waitFor()
    await view.getByRole('button', { name: 'Forget' }).waitFor({ timeout: 240_000 })
    await view.getByRole('rowheader', { name: /PSNR against noisy pixels it was not given \(dB\)/ }).waitFor()
    await view.getByText('A tenth of a decibel is much here').waitFor()
    // Held-out photos as they are, and denoised.
    await view.getByRole('img', { name: /reconstructions at step/ }).waitFor()
    await checkAccessible(page)
    await screenshot(page, 'own-photos')
    expect(troubles(page)).toEqual([])
  }, 400_000)
}

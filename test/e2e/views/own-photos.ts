import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import type { Window } from '../views.test.ts'

export function ownPhotosTests(get: () => Window): void {
  test('Train: a denoiser of my own noisy photos in three clicks; where it does not help, the old one stays', async () => {
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
    await form.getByRole('button', { name: 'Start training' }).click()
    const view = page.getByRole('main')
    await view.getByRole('heading', { name: 'my-denoiser-1' }).waitFor()
    // Held-out photos as they are, and denoised by what it began with.
    await view.getByRole('img', { name: /reconstructions at step/ }).waitFor({ timeout: 180_000 })
    await view.getByText('samples/s').waitFor({ timeout: 180_000 })

    // Stopped long before it is judged again, nothing is better than what it began with: no new model is made of that.
    await view.getByRole('button', { name: 'Stop, keep the best' }).click()
    await view.getByText('it stays, and no new model was made').waitFor()
    await view.getByText('denoiser is better than all that came after').first().waitFor()
    await checkAccessible(page)
    await screenshot(page, 'own-photos')
    expect(troubles(page)).toEqual([])
  }, 300_000)
}

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

const bundled = join(import.meta.dirname, '../../../assets/models/denoiser')

export function modelsTests(get: () => Window): void {
  test('models: cards say what a model is; one is imported, removed, and taken back', async () => {
    const { page, folderOfPhotos } = get()
    const mine = join(folderOfPhotos, 'mine')
    await cp(bundled, mine, { recursive: true })
    const card = JSON.parse(await readFile(join(mine, 'card.json'), 'utf8')) as { id: string; title: string }
    await writeFile(
      join(mine, 'card.json'),
      JSON.stringify({ ...card, id: 'mine', title: 'A model of mine' }),
    )
    await goTo(page, 'Models')
    await page.getByRole('heading', { name: 'Denoiser for additive noise' }).waitFor()
    await page.getByText('sigma 25').first().waitFor()
    await page.getByRole('button', { name: 'Import a model' }).click()
    const dialog = page.getByRole('dialog', { name: /Import a model/ })
    await dialog.getByRole('button', { name: 'photos' }).click()
    await dialog.getByRole('button', { name: 'mine' }).click()
    await dialog.getByRole('button', { name: 'Choose mine' }).click()
    const article = page.getByRole('article').filter({ hasText: 'A model of mine' })
    await article.waitFor()
    await screenshot(page, 'models')
    await checkAccessible(page)
    await article.getByRole('button', { name: 'Remove' }).click()
    await article.waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Z')
    await article.waitFor()
    expect(await page.getByRole('article').count()).toBeGreaterThanOrEqual(3)
  }, 120_000)
}

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipOf } from '../../fixtures/zip.ts'
import { checkAccessible, dropFiles, goTo, screenshot, takeBack } from '../page.ts'
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
    const own = page.getByRole('article').filter({ hasText: 'came with Hourglass' })
    await own.getByRole('heading', { name: 'Denoiser for additive noise' }).waitFor()
    await page.getByText('sigma 25').first().waitFor()
    await page.getByRole('button', { name: 'Import from this server' }).click()
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
    await takeBack(page, 'Model mine removed')
    await article.waitFor()
    await expect.poll(() => page.getByRole('article').count()).toBeGreaterThanOrEqual(3)
  }, 180_000)

  test('models: one of the person`s own machine is sent as a folder or a .zip, and refused where it is damaged', async () => {
    const { page, folder } = get()
    const card = JSON.parse(await readFile(join(bundled, 'card.json'), 'utf8')) as object
    const weights = await readFile(join(bundled, 'weights.safetensors'))
    const cardOf = (id: string) => Buffer.from(JSON.stringify({ ...card, id, title: `Sent as ${id}` }))
    const sent = join(folder, 'sent')
    await mkdir(sent)
    await writeFile(join(sent, 'card.json'), cardOf('a-folder'))
    await writeFile(join(sent, 'weights.safetensors'), weights)
    const zip = (id: string, content: Buffer) =>
      zipOf({ [`${id}/card.json`]: cardOf(id), [`${id}/weights.safetensors`]: content })
    await writeFile(join(folder, 'sent.zip'), zip('a-zip', weights))
    await writeFile(join(folder, 'damaged.zip'), zip('damaged', Buffer.from(weights.map((byte) => byte ^ 1))))
    await goTo(page, 'Models')
    await dropFiles(page, [sent])
    await page.getByRole('article').filter({ hasText: 'Sent as a-folder' }).waitFor()
    const upload = async (name: string) => {
      const asked = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Upload a model' }).click()
      await (await asked).setFiles(join(folder, name))
    }
    await upload('sent.zip')
    await page.getByRole('article').filter({ hasText: 'Sent as a-zip' }).waitFor()
    await upload('damaged.zip')
    await page.getByRole('alert').getByText('The model was not imported').waitFor()
    await screenshot(page, 'models-refused')
    await checkAccessible(page)
    expect(await page.getByRole('article').filter({ hasText: 'Sent as damaged' }).count()).toBe(0)
    expect(await readdir(join(folder, 'data', 'imports'))).not.toContainEqual(
      expect.stringMatching(/^\.model/),
    )
  }, 240_000)
}

import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { checkAccessible, dropFiles, photos, screenshot } from '../page.ts'
import type { Window } from '../views.test.ts'

export function libraryTests(get: () => Window): void {
  test('library: begins empty and says how to begin; the bundled photos are one click away', async () => {
    const { page } = get()
    const samples = page.getByRole('button', { name: 'Try with the sample photos' })
    await samples.waitFor()
    await screenshot(page, 'library-empty')
    await checkAccessible(page)
    await samples.click()
    await expect.poll(() => photos(page).count()).toBe(4)
    await expect.poll(() => loadedThumbs(get())).toBe(4)
  })

  test('library: a folder dropped onto the window comes in with what lies below it; equal files are one photo', async () => {
    const { page, folder } = get()
    const dropped = join(folder, 'dropped')
    await mkdir(join(dropped, 'deeper'), { recursive: true })
    await writeFile(join(dropped, 'notes.txt'), 'no photo')
    const { folderOfPhotos } = get()
    await copyFile(join(folderOfPhotos, 'walrus.jpg'), join(dropped, 'seal.jpg'))
    const rock = sharp(join(folderOfPhotos, 'canyon.jpg')).extract({
      left: 100,
      top: 100,
      width: 480,
      height: 320,
    })
    await rock.png().toFile(join(dropped, 'deeper', 'rock.png'))
    await writeFile(join(dropped, 'broken.jpg'), 'this is no picture')
    await dropFiles(page, [dropped])
    await page.getByText('1 photo imported, 1 duplicate recognised, 1 file could not be read').waitFor()
    // What could not be read is named, with the reason.
    const dialog = page.getByRole('dialog', { name: '1 file could not be imported' })
    expect(await dialog.textContent()).toContain('broken.jpg')
    await dialog.getByRole('button', { name: 'Close' }).click()
    expect(await photos(page).count()).toBe(5)
  })

  test('library: a picture pasted from the clipboard comes in', async () => {
    const { page } = get()
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(60, 40)
      const context = canvas.getContext('2d')!
      context.fillStyle = '#396'
      context.fillRect(0, 0, 60, 40)
      const blob = await canvas.convertToBlob({ type: 'image/png' })
      const data = new DataTransfer()
      data.items.add(new File([blob], 'pasted.png', { type: 'image/png' }))
      window.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      )
    })
    await photos(page, 'pasted.png').waitFor()
  })

  test('library: search, formats and order narrow the view down, and are cleared', async () => {
    const { page } = get()
    await page.keyboard.press('/')
    await page.keyboard.type('rock')
    await expect.poll(() => photos(page).count()).toBe(1)
    await page.getByLabel('Search the library').fill('no such photo')
    await page.getByText('No photo matches').waitFor()
    await page.getByRole('button', { name: 'Clear search and filters' }).click()
    await expect.poll(() => photos(page).count()).toBe(6)
    await page.getByRole('button', { name: 'JPEG' }).click()
    await expect.poll(() => photos(page).count()).toBe(4)
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.getByLabel('Order').selectOption({ label: 'Name' })
    await page.getByRole('button', { name: 'Latest or last first' }).click()
    await expect.poll(() => photos(page).first().textContent()).toContain('canyon.jpg')
  })

  test('library: arrows and shift choose, a collection gathers, removal is taken back', async () => {
    const { page } = get()
    await photos(page, 'canyon.jpg').click()
    await page.keyboard.press('Shift+ArrowRight')
    await page.getByText('2 chosen').waitFor()
    await page.getByRole('button', { name: 'New collection of the chosen photos' }).click()
    await page.keyboard.type('Best')
    await page.keyboard.press('Enter')
    const best = page
      .getByRole('navigation', { name: 'Collections and filters' })
      .getByRole('button', { name: /^Best/ })
    await best.first().click()
    await expect.poll(() => photos(page).count()).toBe(2)
    await page.getByRole('button', { name: /^All photos/ }).click()
    await photos(page, 'pasted.png').click()
    await page.keyboard.press('Delete')
    await expect.poll(() => photos(page).count()).toBe(5)
    await page.keyboard.press('Control+Z')
    await photos(page, 'pasted.png').waitFor()
    await photos(page, 'pasted.png').click()
    await page.keyboard.press('Delete')
  })

  test('library: details say what is known of a photo, and it can be dragged out', async () => {
    const { page } = get()
    await photos(page, 'lake.jpg').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('1024 x', { exact: false }).first().waitFor()
    expect(await details.textContent()).toMatch(/JPEG, 8 bit, colour/)
    const carried = await photos(page, 'lake.jpg').evaluate((cell) => {
      const dataTransfer = new DataTransfer()
      cell.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true, cancelable: true }))
      return dataTransfer.getData('DownloadURL')
    })
    const [type, name, url] = [...carried.matchAll(/^(.*?):(.*?):(.*)$/g)][0].slice(1)
    expect([type, name]).toEqual(['image/jpeg', 'lake.jpg'])
    const file = await page.evaluate(
      async (address) => (await (await fetch(address)).arrayBuffer()).byteLength,
      url,
    )
    expect(file).toBeGreaterThan(200_000)
    await screenshot(page, 'library')
    await checkAccessible(page)
  })
}

async function loadedThumbs({ page }: Window): Promise<number> {
  return page
    .locator('[role=option] img')
    .evaluateAll((images) => images.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length)
}

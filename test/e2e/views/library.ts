import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import {
  checkAccessible,
  dropFiles,
  goTo,
  hasFocus,
  openPhoto,
  photos,
  screenshot,
  takeBack,
} from '../page.ts'
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
  }, 180_000)

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
    await dialog.getByText('broken.jpg', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => photos(page).count()).toBe(5)
  }, 180_000)

  test('library: one folder among thousands is found by its first letters', async () => {
    const { page, folderOfPhotos } = get()
    const rolls = join(folderOfPhotos, 'rolls')
    onTestFinished(() => rm(rolls, { recursive: true }))
    const names = Array.from({ length: 3000 }, (_, i) => `roll-${String(i).padStart(4, '0')}`)
    await Promise.all([...names, 'zebras'].map((name) => mkdir(join(rolls, name), { recursive: true })))
    await page.getByRole('button', { name: 'Import a folder' }).click()
    const dialog = page.getByRole('dialog')
    const row = (name: string) => dialog.getByRole('button', { name, exact: true })
    await row('photos').focus()
    await page.keyboard.press('Enter')
    await hasFocus(row('more'))
    await page.keyboard.type('ro')
    await page.keyboard.press('Enter')
    await hasFocus(row('roll-0000'))
    expect(await dialog.getByRole('listitem').count()).toBeLessThan(40)
    await page.keyboard.type('zeb')
    await hasFocus(row('zebras'))
    await page.keyboard.press('ArrowUp')
    await hasFocus(row('roll-2999'))
    await checkAccessible(page)
    await screenshot(page, 'choose-folder')
    await page.keyboard.press('Home')
    await hasFocus(row('roll-0000'))
    await page.keyboard.press('PageDown')
    await page.keyboard.press('Enter')
    await dialog.getByText(join(rolls, 'roll-0010'), { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }, 180_000)

  test('library: a picture pasted from the clipboard comes in, and leaves the focus where it is', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg')
    const search = page.getByLabel('Search the library')
    await search.focus()
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
    await hasFocus(search)
  }, 180_000)

  test('library: the grid opens where the photo is that was open elsewhere', async () => {
    const { page } = get()
    const size = page.getByLabel('Size of the previews')
    onTestFinished(() => size.dblclick())
    await size.fill('420')
    const grid = page.getByRole('listbox', { name: 'Photos' })
    await grid.press('End')
    await goTo(page, 'Noise')
    await goTo(page, 'Library')
    await hasFocus(grid)
    const current = page.locator('[role=option][aria-selected=true]')
    await expect.poll(async () => (await current.boundingBox())?.y).toBeGreaterThan(0)
    const [{ y, height }, whole] = [(await current.boundingBox())!, (await grid.boundingBox())!]
    expect(y).toBeGreaterThanOrEqual(whole.y)
    expect(y + height).toBeLessThanOrEqual(whole.y + whole.height)
  }, 180_000)

  test('library: search, formats and order narrow the view down, and are cleared', async () => {
    const { page } = get()
    const search = page.getByLabel('Search the library')
    await page.getByRole('listbox', { name: 'Photos' }).focus()
    await page.keyboard.press('/')
    await hasFocus(search)
    await page.keyboard.type('rock')
    await expect.poll(() => photos(page).count()).toBe(1)
    // In a field Ctrl+A is the field's; what a search hides is chosen no longer.
    await search.press('Control+A')
    await page.keyboard.press('Delete')
    await expect.poll(() => search.inputValue()).toBe('')
    await expect.poll(() => photos(page).count()).toBe(6)
    await page.getByRole('listbox', { name: 'Photos' }).press('Control+A')
    await page.getByText('6 chosen').waitFor()
    await search.fill('lake')
    await page.getByText('6 chosen').waitFor({ state: 'detached' })
    await expect.poll(() => photos(page).count()).toBe(1)
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByText('lake.jpg', { exact: true })
      .first()
      .waitFor()
    await search.fill('no such photo')
    await page.getByText('No photo matches').waitFor()
    await page.getByRole('button', { name: 'Clear search and filters' }).click()
    await expect.poll(() => photos(page).count()).toBe(6)
    await page.getByRole('button', { name: 'JPEG' }).click()
    await expect.poll(() => photos(page).count()).toBe(4)
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.getByLabel('Order').selectOption({ label: 'Name' })
    await page.getByRole('button', { name: 'Latest or last first' }).click()
    await expect.poll(() => photos(page).first().textContent()).toContain('canyon.jpg')
  }, 180_000)

  test('library: arrows and shift choose, a collection gathers, removal is taken back', async () => {
    const { page } = get()
    const grid = page.getByRole('listbox', { name: 'Photos' })
    await openPhoto(page, 'canyon.jpg')
    await hasFocus(grid)
    await page.keyboard.press('Shift+ArrowRight')
    await page.getByText('2 chosen').waitFor()
    await page.getByRole('button', { name: 'New collection of the chosen photos' }).click()
    const name = page.getByLabel('Name of the collection')
    await hasFocus(name)
    await name.fill('Best')
    await name.press('Enter')
    const best = page
      .getByRole('navigation', { name: 'Collections and filters' })
      .getByRole('button', { name: /^Best/ })
    await best.first().click()
    await expect.poll(() => photos(page).count()).toBe(2)
    await page.getByRole('button', { name: /^All photos/ }).click()
    await expect.poll(() => photos(page).count()).toBe(6)
    await openPhoto(page, 'pasted.png')
    await grid.press('Delete')
    await expect.poll(() => photos(page).count()).toBe(5)
    await takeBack(page, '1 photo removed')
    await openPhoto(page, 'pasted.png')
    await grid.press('Delete')
    await expect.poll(() => photos(page).count()).toBe(5)
  }, 180_000)

  test('library: the undo of an older notice takes back its own step, Ctrl+Z the one that is left', async () => {
    const { page } = get()
    const grid = page.getByRole('listbox', { name: 'Photos' })
    for (const name of ['lake.jpg', 'walrus.jpg']) {
      await openPhoto(page, name)
      await grid.press('Delete')
      await photos(page, name).waitFor({ state: 'detached' })
    }
    const notices = page.locator('[data-sonner-toast]').filter({ hasText: '1 photo removed' })
    await notices.nth(1).getByRole('button', { name: 'Undo' }).dispatchEvent('click')
    await photos(page, 'lake.jpg').waitFor()
    expect(await photos(page, 'walrus.jpg').count()).toBe(0)
    await page.keyboard.press('Control+Z')
    await photos(page, 'walrus.jpg').waitFor()
  }, 180_000)

  test('library: what the camera wrote is shown, and found again by the camera', async () => {
    const { page, folder, folderOfPhotos } = get()
    const shot = join(folder, 'concert.jpg')
    const exif = {
      IFD0: { Make: 'Nikon', Model: 'NIKON D850' },
      IFD2: {
        ...{ ExposureTime: '1/250', FNumber: '28/10', ISOSpeedRatings: '3200', FocalLength: '85/1' },
        ...{ DateTimeOriginal: '2021:05:06 07:08:09', LensModel: '85 mm f/1.8' },
      },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 12/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '16/1 22/1 0/1',
      },
    }
    const photo = sharp(join(folderOfPhotos, 'walrus.jpg')).resize(600).withExif(exif)
    await photo.toFile(shot)
    await dropFiles(page, [shot])
    await openPhoto(page, 'concert.jpg')
    const details = page.getByRole('complementary', { name: 'Details' })
    for (const words of [
      'NIKON D850',
      '85 mm f/1.8',
      '1/250 s',
      'f/2.8',
      '85 mm',
      'ISO 3200',
      '6 May 2021, 07:08',
      'recorded in the file',
    ])
      await details.getByText(words).first().waitFor()
    await screenshot(page, 'library-exif')
    await page.getByLabel('Camera').selectOption({ index: 1 })
    await expect.poll(() => photos(page).count()).toBe(1)
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await openPhoto(page, 'concert.jpg')
    await page.getByRole('listbox', { name: 'Photos' }).press('Delete')
    await expect.poll(() => photos(page).count()).toBe(5)
  }, 180_000)

  test('library: the menu of a photo, by the right button and by the keyboard', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg')
    await photos(page, 'walrus.jpg').click({ button: 'right' })
    const menu = page.getByRole('menu', { name: 'walrus.jpg' })
    await menu.getByRole('menuitem', { name: 'Add to collection' }).click()
    await page.getByRole('menuitem', { name: 'Best' }).waitFor()
    await screenshot(page, 'library-menu')
    await checkAccessible(page)
    // It closes where the check took the pointer's or the keyboard's place from it.
    await menu.getByRole('menuitem', { name: 'Add to collection' }).hover()
    await page.getByRole('menuitem', { name: 'Best' }).click()
    await page.getByText('1 photo added to Best').waitFor()
    await menu.waitFor({ state: 'detached' })
    // Nothing of the desktop's in a browser.
    await page.getByRole('listbox', { name: 'Photos' }).press('Shift+F10')
    await menu.getByRole('menuitem', { name: 'Download' }).waitFor()
    expect(await menu.getByRole('menuitem', { name: /trash|folder/ }).count()).toBe(0)
    await hasFocus(menu.getByRole('menuitem', { name: 'Denoise' }))
    await page.keyboard.press('ArrowDown')
    await hasFocus(menu.getByRole('menuitem', { name: 'Compress' }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Compress' }).waitFor()
    await page.getByText('walrus.jpg', { exact: true }).first().waitFor()
  }, 180_000)

  test('library: details say what is known of a photo, and it can be dragged out', async () => {
    const { page } = get()
    await openPhoto(page, 'lake.jpg')
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('1024 x', { exact: false }).first().waitFor()
    await expect.poll(() => details.textContent()).toMatch(/JPEG, 8 bit, colour/)
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
  }, 180_000)
}

async function loadedThumbs({ page }: Window): Promise<number> {
  return page
    .locator('[role=option] img')
    .evaluateAll((images) => images.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length)
}

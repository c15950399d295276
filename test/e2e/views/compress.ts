import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkAccessible, dropFiles, openPhoto, screenshot } from '../page.ts'
import { pictureSpread } from '../picture.ts'
import type { Window } from '../views.test.ts'

/** The codec works meanwhile, on whatever else the machine does. */
const patient = { timeout: 120_000 }

export function compressTests(get: () => Window): void {
  const settings = () => get().page.getByRole('complementary', { name: 'Settings' })
  const words = async () => (await settings().textContent()) ?? ''

  test('compress: size and picture beside JPEG, WebP and AVIF at the same size', async () => {
    const { page } = get()
    await openPhoto(page, 'rock.png', 'Compress')
    await expect.poll(words, patient).toMatch(/[\d.]+ kBfrom/)
    for (const format of ['JPEG', 'WebP', 'AVIF']) {
      await expect.poll(words, patient).toMatch(new RegExp(`${format}[\\d.]+ kB\\d\\d\\.\\d\\d dB`))
    }
    await page.getByLabel('Compare').selectOption({ label: 'Beside all three' })
    await page.getByText(/^AVIF, /).waitFor()
    await expect.poll(() => pictureSpread(page)).toBeGreaterThan(10)
    await screenshot(page, 'compress-formats')
    await page.getByLabel('Compare').selectOption({ label: 'Beside the original' })
  }, 400_000)

  test('compress: a size that is asked for is kept to', async () => {
    const { page } = get()
    await openPhoto(page, 'rock.png', 'Compress')
    await settings().getByText('Size', { exact: true }).click()
    const most = settings().getByLabel('At most, number')
    await most.fill('20')
    await most.press('Enter')
    await expect.poll(() => most.inputValue()).toBe('20')
    const isNear = async () => {
      const size = Number(/Result\s*([\d.]+) kB/.exec(await words())?.[1])
      return size > 14 && size <= 20
    }
    await expect.poll(isNear, patient).toBe(true)
    await page.getByText(/^Hourglass, /).waitFor()
    // More than the best quality takes, and less than the lowest does.
    await most.fill('200')
    await most.press('Enter')
    await settings().getByText('It is smaller than asked for').waitFor()
    await screenshot(page, 'compress-size-more')
    await most.fill('1')
    await most.press('Enter')
    await page.getByText(/the smallest this photo can be is [\d.]+ kB; 1.00 kB was asked for/).waitFor()
    await screenshot(page, 'compress-size-less')
    await most.fill('20')
    await most.press('Enter')
    await page.getByText(/^Hourglass, /).waitFor()
  }, 400_000)

  test('compress: the heat map lies over the photo, and the curve is drawn', async () => {
    const { page } = get()
    await openPhoto(page, 'rock.png', 'Compress')
    const heat = settings().getByRole('switch', { name: /Heat map/ })
    await heat.click()
    await settings()
      .getByText(/bits in 16 x 16 pixels/)
      .waitFor()
    await settings().getByText('Rate and distortion').click()
    await settings().getByRole('button', { name: 'Draw the curve' }).click()
    await settings().getByRole('button', { name: 'Stop' }).waitFor()
    // Points come one by one; a few of two formats will do here.
    await expect.poll(words, patient).toMatch(/Hourglass\s*JPEG/)
    await settings().getByRole('button', { name: 'Stop' }).click()
    await screenshot(page, 'compress')
    await checkAccessible(page)
    await heat.click()
  }, 400_000)

  test('compress: exported as .hgi, which is opened by a drop, inspected and verified', async () => {
    const { page, folderOfPhotos } = get()
    await openPhoto(page, 'rock.png', 'Compress')
    await settings().getByText('Size', { exact: true }).click()
    await settings().getByLabel('At most, number').fill('20')
    await settings().getByLabel('At most, number').press('Enter')
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: /Export compressed/ })
    await dialog.getByLabel('Folder').fill(join(folderOfPhotos, 'small'))
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
    const written = async () =>
      (await readdir(join(folderOfPhotos, 'small')).catch(() => [])).filter((name) => name.endsWith('.hgi'))
    await expect.poll(written, patient).toEqual(['rock.hgi'])
    const file = join(folderOfPhotos, 'small', 'rock.hgi')
    expect((await stat(file)).size).toBeLessThanOrEqual(20_000)
    await dropFiles(page, [file])
    const inspector = page.getByRole('complementary', { name: 'Settings' })
    await inspector.getByText('480 x 320', { exact: false }).waitFor()
    await inspector.getByRole('button', { name: 'Verify' }).click()
    await inspector.getByText(/tiles? (is|are) whole/).waitFor()
    await expect.poll(() => pictureSpread(page), patient).toBeGreaterThan(10)
    await screenshot(page, 'compress-file')
    await checkAccessible(page)
    // Cut off behind its head, nothing of the picture is left: words stand where it would.
    const cut = join(folderOfPhotos, 'small', 'cut.hgi')
    const bytes = await readFile(file)
    await writeFile(cut, bytes.subarray(0, bytes.length / 3))
    await dropFiles(page, [cut])
    await page.getByRole('alert').getByText('This file cannot be opened').waitFor()
    expect(await page.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true)
    await screenshot(page, 'compress-file-cut')
    await page.keyboard.press('Escape')
    await page.getByText('Target').waitFor()
  }, 400_000)
}

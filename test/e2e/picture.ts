import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** In shares of the canvas. */
export interface Part {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How much the picture on the stage varies, 0 to 128 levels: 0 where nothing is drawn. */
export async function pictureSpread(page: Page, part: Part = middle): Promise<number> {
  return (await measure(page, part)).spread
}

/** How much neighbours differ on average, in levels of 255: noise shows here. */
export async function pictureGrain(page: Page, part: Part): Promise<number> {
  return (await measure(page, part)).grain
}

/** The grain of what is shown once something is, and the same twice: nothing is on its way to the screen any more. */
export async function settledGrain(page: Page, part: Part): Promise<number> {
  let last = 0
  await expect
    .poll(
      async () => {
        const before = last
        last = await pictureGrain(page, part)
        return last > 0 && last === before
      },
      { interval: 150 },
    )
    .toBe(true)
  return last
}

const middle = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 }

/** Of the green of every pixel, measured where it is: only two numbers come back. */
function measure(page: Page, part: Part): Promise<{ spread: number; grain: number }> {
  return page
    .locator('canvas')
    .first()
    .evaluate((canvas, { x, y, width, height }) => {
      const source = canvas as HTMLCanvasElement
      const from = [x * source.width, y * source.height, width * source.width, height * source.height].map(
        Math.round,
      )
      const [left, top, across, down] = from
      const copy = new OffscreenCanvas(across, down).getContext('2d', { willReadFrequently: true })!
      copy.drawImage(source, left, top, across, down, 0, 0, across, down)
      const { data } = copy.getImageData(0, 0, across, down)
      const count = data.length / 4
      let sum = 0
      let squares = 0
      let steps = 0
      for (let i = 1; i < data.length; i += 4) {
        sum += data[i]
        squares += data[i] ** 2
        if (i > 4) steps += Math.abs(data[i] - data[i - 4])
      }
      const mean = sum / count
      return { spread: Math.sqrt(Math.max(0, squares / count - mean * mean)), grain: steps / (count - 1) }
    }, part)
}

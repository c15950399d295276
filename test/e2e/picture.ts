import type { Page } from 'playwright-core'

/**
 * How much the picture on the stage varies, 0 to 128 levels: 0 where nothing is drawn. Of a region in shares of the
 * canvas where given.
 */
export async function pictureSpread(
  page: Page,
  region = { x: 0.1, y: 0.2, width: 0.8, height: 0.6 },
): Promise<number> {
  const values = await pixels(page, region)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** How much neighbours differ on average, in levels of 255: noise shows here. */
export async function pictureGrain(
  page: Page,
  region: { x: number; y: number; width: number; height: number },
): Promise<number> {
  const values = await pixels(page, region)
  let sum = 0
  for (let i = 1; i < values.length; i++) sum += Math.abs(values[i] - values[i - 1])
  return sum / (values.length - 1)
}

/** Green of every pixel of a region, row by row. */
function pixels(
  page: Page,
  region: { x: number; y: number; width: number; height: number },
): Promise<number[]> {
  return page
    .locator('canvas')
    .first()
    .evaluate((canvas, { x, y, width, height }) => {
      const source = canvas as HTMLCanvasElement
      const [left, top, across, down] = [
        x * source.width,
        y * source.height,
        width * source.width,
        height * source.height,
      ].map(Math.round)
      const copy = new OffscreenCanvas(across, down).getContext('2d')!
      copy.drawImage(source, left, top, across, down, 0, 0, across, down)
      const { data } = copy.getImageData(0, 0, across, down)
      return Array.from({ length: data.length / 4 }, (_, i) => data[i * 4 + 1])
    }, region)
}

import { basename } from 'node:path'
import { z } from 'zod'
import { layerKey } from '../../../shared/contract/denoise.ts'
import { libraryView } from '../../../shared/contract/library.ts'
import { thumbSides } from '../../../shared/contract/pixels.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Application } from '../../core/application.ts'
import { tilePng } from '../../core/pictures/display.ts'
import { encodeRaster } from '../../core/pictures/encode-raster.ts'
import { imageFit, imageThumbnail, layerFit } from '../../core/pictures/small.ts'
import { type Answer, attachment, bytesAnswer, errorAnswer, notFound } from './answer.ts'
import { answerArrays } from './arrays.ts'

const whole = (low: number, high: number) => z.coerce.number().int().min(low).max(high)
const thumbQuery = z.object({
  size: z.coerce.number().pipe(z.union(thumbSides.map((side) => z.literal(side)))),
})
const fitQuery = z.object({ size: whole(16, 4096) })
const longestTile = 2048
const tileQuery = z.object({
  ...{ x: whole(0, 100_000), y: whole(0, 100_000) },
  ...{ w: whole(1, longestTile), h: whole(1, longestTile) },
})

/** Answers what pixels.ts, latents.ts and train.ts of the contract name; null for any other path. Never throws. */
export async function answerPixels(app: Application, url: URL, signal: AbortSignal): Promise<Answer | null> {
  if (url.pathname.startsWith('/latents/') || url.pathname.startsWith('/train/'))
    return answerArrays(app, url)
  const [area, key, kind, ...rest] = url.pathname.split('/').slice(1)
  if (rest.length > 0) return null
  try {
    if (area === 'library' && key === 'ids') return idsOf(app, url)
    if (area === 'download' && key && kind === undefined) return await download(app, checked(layerKey, key))
    if (area === 'pixels' && key && kind) return await pixels(app, checked(layerKey, key), kind, url, signal)
    return null
  } catch (error) {
    return errorAnswer(error)
  }
}

async function pixels(app: Application, key: string, kind: string, url: URL, signal: AbortSignal) {
  const { pictures, thumbnails } = app
  const query = Object.fromEntries(url.searchParams)
  const isImage = key.startsWith('i')
  const id = isImage ? checked(whole(1, Number.MAX_SAFE_INTEGER), key.slice(1)) : 0
  if (kind === 'thumb') {
    const { size } = checked(thumbQuery, query)
    if (isImage) return bytesAnswer(await imageThumbnail(pictures, thumbnails, id, size, signal), 'forever')
    return bytesAnswer(await layerFit(pictures, key, size), 'never')
  }
  if (kind === 'fit') {
    const { size } = checked(fitQuery, query)
    const file = isImage ? await imageFit(pictures, id, size, signal) : await layerFit(pictures, key, size)
    return bytesAnswer(file, 'never')
  }
  if (kind === 'tile') {
    const { x, y, w, h } = checked(tileQuery, query)
    const raster = await pictures.raster(key)
    if (x + w > raster.width || y + h > raster.height) {
      const size = `${raster.width} x ${raster.height}`
      throw new AppError('bad-input', `tile ${w} x ${h} at ${x}, ${y} is not inside the picture of ${size}`)
    }
    signal.throwIfAborted()
    return bytesAnswer(await tilePng(raster, { x, y, width: w, height: h }), 'never')
  }
  if (kind === 'bits') {
    const { bits } = pictures.layer(key)
    if (!bits) throw new AppError('not-found', `the picture ${key} has no bits, or not yet`)
    const bytes = new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength)
    return bytesAnswer({ type: 'application/octet-stream', bytes }, 'never')
  }
  throw notFound(url.pathname)
}

/** The original as it is, a result as the file it was made as, else as PNG. */
async function download({ pictures }: Application, key: string): Promise<Answer> {
  if (key.startsWith('i')) {
    const { path } = await pictures.find(Number(key.slice(1)))
    const headers = { 'Content-Disposition': attachment(basename(path)) }
    const { headers: common } = bytesAnswer(
      { type: 'application/octet-stream', bytes: new Uint8Array() },
      'never',
      headers,
    )
    return { status: 200, headers: common, body: { path } }
  }
  const { file, raster, name } = pictures.layer(key)
  const { type, extension, bytes } = file ?? (await encodeRaster(raster))
  const headers = { 'Content-Disposition': attachment(`${name}${extension}`) }
  return bytesAnswer({ type, bytes }, 'never', headers)
}

function idsOf({ core }: Application, url: URL): Answer {
  const ids = Uint32Array.from(core.catalog.views.ids(checked(libraryView, parsedView(url))))
  const bytes = new Uint8Array(ids.buffer)
  return bytesAnswer({ type: 'application/octet-stream', bytes }, 'never')
}

function parsedView(url: URL): unknown {
  try {
    return JSON.parse(url.searchParams.get('view') ?? '{}')
  } catch {
    throw new AppError('bad-input', 'view: expected JSON')
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('bad-input', `${issue!.path.join('.') || 'address'}: ${issue!.message}`)
}

import { stat } from 'node:fs/promises'
import { sheetAcross, sheetImages } from '../../../shared/contract/latent-sheets.ts'
import { groupings } from '../../../shared/contract/latents.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Application } from '../../core/application.ts'
import { imageGrid, imageShapeOf } from '../../core/latents/image-shape.ts'
import { encodeRaster } from '../../core/pictures/encode-raster.ts'
import { type Answer, bytesAnswer, commonHeaders, errorAnswer, notFound } from './answer.ts'

/** Answers what latents.ts and train.ts of the contract name; null for any other path. Never throws. */
export async function answerArrays(app: Application, url: URL): Promise<Answer | null> {
  const [area, ...escaped] = url.pathname.split('/').slice(1)
  if (escaped.length > 2 || (area !== 'latents' && area !== 'train')) return null
  try {
    const [key = '', what = ''] = escaped.map(decoded)
    if (area === 'train') return await samples(app, key, what)
    const [, kind, name] = /^(map|groups|values|sheet)-(.+)$/.exec(what) ?? []
    if (kind === 'map') return numbers(app.latents.coordinates(key, name!))
    const by = groupings.find((one) => one === name)
    if (kind === 'groups' && by) return numbers(app.latents.groups(key, by))
    if (kind === 'values' && (name === 'psnr' || name === 'bits'))
      return numbers(app.latents.values(key, name))
    if (kind === 'sheet' && /^\d+$/.test(name!)) return await sheet(app, key, Number(name))
    throw notFound(url.pathname)
  } catch (error) {
    return errorAnswer(error)
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw new AppError('bad-input', `'${part}' is no part of an address: its escapes are malformed`, {
      cause,
    })
  }
}

async function samples({ training }: Application, id: string, what: string): Promise<Answer> {
  const step = /^samples-(\d+)$/.exec(what)?.[1]
  if (step === undefined) throw notFound(what)
  const path = training.samplesPath(id, Number(step))
  await stat(path).catch((cause) => {
    throw new AppError('not-found', `run ${id} keeps no samples of step ${step}`, { cause })
  })
  const headers = { ...commonHeaders, 'Content-Type': 'image/png', 'Cache-Control': 'no-store' }
  return { status: 200, headers, body: { path } }
}

function numbers(values: Float32Array | Int32Array): Answer {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return bytesAnswer({ type: 'application/octet-stream', bytes }, 'never')
}

async function sheet({ latents }: Application, key: string, page: number): Promise<Answer> {
  const { model, values, items } = latents.collection(key)
  const [from, to] = [page * sheetImages, Math.min(items.length, (page + 1) * sheetImages)]
  if (from >= to) throw new AppError('not-found', `there is no page ${page} of ${items.length} images`)
  const size = values.length / items.length
  const raster = imageGrid(values.subarray(from * size, to * size), imageShapeOf(model), sheetAcross, 0)
  return bytesAnswer(await encodeRaster(raster), 'forever')
}

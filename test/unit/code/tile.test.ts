import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeTile } from '../../../main/code/decode-tile.ts'
import { encodeTile } from '../../../main/code/encode-tile.ts'
import { synthesiseTile } from '../../../main/code/synthesise-tile.ts'
import { type LoadedModel, readModel } from '../../../main/core/loaded-models.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { readCard } from '../../../main/models/card.ts'
import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'

const root = join(import.meta.dirname, '../../..')
const [width, height] = [192, 128]
const [rows, columns] = [height / 16, width / 16]
const core = { x: 0, y: 0, width, height }
const model = { folder: join(root, 'assets/models/codec'), sha256: '' }
let loaded: LoadedModel
let pixels: Float32Array

beforeAll(async () => {
  const { weights } = await readCard(model.folder)
  model.sha256 = weights.sha256
  loaded = await readModel(model)
  const photo = await readImage(join(root, 'assets/samples/walrus.jpg'))
  pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [row, at] = [Math.floor(i / (width * 3)), i % (width * 3)]
    return photo.pixels[((200 + row) * photo.width + 300) * 3 + at]! / 255
  })
}, 60_000)

const encode = (levelQ: number, effort: 0 | 1 | 2) =>
  encodeTile(loaded, { model, levelQ, effort, width, height, pixels, core })
const decode = (levelQ: number, stream: Uint8Array) =>
  decodeTile(loaded, { model, levelQ, rows, columns, stream })

async function errorOf(levelQ: number, latents: Int16Array): Promise<number> {
  const out = await synthesiseTile(loaded, { model, levelQ, rows, columns, latents })
  return (
    out.reduce((sum, value, i) => sum + (Math.min(1, Math.max(0, value)) - pixels[i]!) ** 2, 0) / out.length
  )
}

describe('a tile', () => {
  test.each([0, 3333, 7168])('decodes to what the encoder has, at level %i', async (levelQ) => {
    const coded = await encode(levelQ, 1)
    const decoded = await decode(levelQ, coded.stream)
    expect(decoded.symbolsCrc32).toBe(coded.symbolsCrc32)
    expect(decoded.latents).toEqual(coded.latents)
    const bits = decoded.bits.reduce((sum, value) => sum + value, 0)
    expect(bits).toBeCloseTo(coded.estimatedBits, -1)
    expect(Math.abs(coded.stream.length * 8 - coded.estimatedBits)).toBeLessThan(
      48 + coded.estimatedBits * 0.001,
    )
  })

  test('takes more bytes and has less error at a higher level', async () => {
    const [low, high] = [await encode(1000, 0), await encode(6000, 0)]
    expect(high.stream.length).toBeGreaterThan(1.5 * low.stream.length)
    expect(await errorOf(6000, high.latents)).toBeLessThan(0.5 * (await errorOf(1000, low.latents)))
  })

  test('costs less bits plus error when its rounding weighs both', async () => {
    const levelQ = 3584
    const cost = async (effort: 0 | 1) => {
      const { stream, latents } = await encode(levelQ, effort)
      const lambda = 0.0018 * 100 ** (levelQ / 7168) * 255 ** 2
      return (stream.length * 8) / (width * height) + lambda * (await errorOf(levelQ, latents))
    }
    expect(await cost(1)).toBeLessThan(0.99 * (await cost(0)))
  })

  test('refuses damaged streams as corrupt, or decodes other symbols', async () => {
    const { stream, symbolsCrc32 } = await encode(2000, 0)
    const random = new Random([7])
    for (let n = 0; n < 20; n++) {
      const damaged = stream.slice(0, n % 4 === 0 ? Math.floor(random.between(0, stream.length)) : undefined)
      if (n % 4 > 0)
        damaged[Math.floor(random.between(0, damaged.length))]! ^= 1 + Math.floor(random.between(0, 255))
      try {
        expect((await decode(2000, damaged)).symbolsCrc32).not.toBe(symbolsCrc32)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).code).toBe('corrupt')
      }
    }
  })
})

import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeTile } from '../../../main/code/decode-tile.ts'
import { encodeTile } from '../../../main/code/encode-tile.ts'
import { synthesiseTile } from '../../../main/code/synthesise-tile.ts'
import { type LoadedModel, readModel } from '../../../main/core/loaded-models.ts'
import { type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { rasterTile } from '../../../main/imaging/tile-pixels.ts'
import { readCard } from '../../../main/models/card.ts'
import { codeLatents, probabilityOfHyper } from '../../../main/models/codec/entropy-model.ts'
import { codecOptions } from '../../../main/models/codec/options.ts'
import { at, hyperSynthesise } from '../../../main/models/codec/transforms.ts'
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
  pixels = await cropOf('walrus')
}, 60_000)

/** From the middle of a sample photo. */
async function cropOf(name: string): Promise<Float32Array> {
  const photo = await readImage(join(root, `assets/samples/${name}.jpg`))
  const [x, y] = [(photo.width - width) >> 1, (photo.height - height) >> 1]
  return rasterTile(photo, { x, y, width, height }).data
}

const encode = (levelQ: number, effort: 0 | 1 | 2, photo = pixels) =>
  encodeTile(loaded, { model, levelQ, effort, width, height, pixels: photo, core })
const decode = (levelQ: number, stream: Uint8Array) =>
  decodeTile(loaded, { model, levelQ, rows, columns, stream })

async function errorOf(levelQ: number, latents: Int16Array): Promise<number> {
  const out = await synthesiseTile(loaded, { model, levelQ, rows, columns, latents })
  return (
    out.reduce((sum, value, i) => sum + (Math.min(1, Math.max(0, value)) - pixels[i]!) ** 2, 0) / out.length
  )
}

/** Bits of these latents by the float model that the integers were made from. */
function floatBits(photo: Float32Array, latents: Int16Array, level: number): number {
  const { parameters: p, network, card } = loaded
  const { groups } = codecOptions.parse(card.architecture.options)
  return tf.tidy(() => {
    const { hyper } = network.encode(p, tf.tensor4d(photo, [1, height, width, 3]))
    const factor = (name: string) => at(p, name, tf.tensor1d([level])).exp() as Tensor4D
    const z = hyper!.mul(factor('log_gain_z')).round() as Tensor4D
    const features = hyperSynthesise(p, z.div(factor('log_gain_z')) as Tensor4D)
    const y = tf.tensor(
      Float32Array.from(latents, (value) => value / 32),
      [1, rows, columns, 256],
    ) as Tensor4D
    const { probability } = codeLatents(p, { y, hyper: features, gain: factor('log_gain') }, null, groups)
    const all = [probability, probabilityOfHyper(p, z, tf.tensor1d([level]))]
    return all.reduce((sum, part) => sum - part.log().sum().dataSync()[0]! * Math.LOG2E, 0)
  })
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

  test('costs less bits plus error the more its encoder tries', async () => {
    const levelQ = 3584
    const cost = async (effort: 0 | 1 | 2) => {
      const { stream, latents } = await encode(levelQ, effort)
      const lambda = 0.0018 * 100 ** (levelQ / 7168) * 255 ** 2
      return (stream.length * 8) / (width * height) + lambda * (await errorOf(levelQ, latents))
    }
    const usual = await cost(1)
    expect(usual).toBeLessThan(0.995 * (await cost(0)))
    const before = tf.memory().numTensors
    expect(await cost(2)).toBeLessThan(0.992 * usual)
    expect(tf.memory().numTensors).toBe(before)
  }, 60_000)

  test('stops refining at once when it is told to', async () => {
    const input = { model, levelQ: 3584, effort: 2, width, height, pixels, core } as const
    const told = encodeTile(loaded, input, AbortSignal.timeout(300))
    await expect(told).rejects.toMatchObject({ code: 'aborted' })
  })

  test('photos take no more bits than the floats of the entropy model say, but for half a percent', async () => {
    const photos = await Promise.all(['canyon', 'colorado-sign', 'lake', 'walrus'].map(cropOf))
    for (const level of [0, 1.5, 3, 4.5, 6, 7]) {
      let [integer, float] = [0, 0]
      for (const photo of photos) {
        const { estimatedBits, latents } = await encode(1024 * level, 1, photo)
        integer += estimatedBits
        float += floatBits(photo, latents, level)
      }
      expect(integer / float, `level ${level}`).toBeLessThan(1.005)
    }
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

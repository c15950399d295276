import { expect, test } from 'vitest'
import { catalogAt } from './helpers.ts'
import { sha256 } from './photo.ts'

const [image, other, model] = ['image', 'other', 'model'].map(sha256)

test('a latent comes back value for value, also from the middle of a buffer', () => {
  const { codes } = catalogAt()
  const values = new Float32Array([9, 9, 1.5, -0, Number.NaN, 3.4e38, 1e-45, 0.1])
  const data = values.subarray(2)
  const code = codes.put({ imageSha256: image, modelSha256: model, latent: { shape: [1, 2, 3], data } })
  expect(code.shape).toEqual([1, 2, 3])
  const latent = codes.latent(code.id)!
  expect(latent.shape).toEqual([1, 2, 3])
  expect(new Uint32Array(latent.data.buffer)).toEqual(new Uint32Array(data.slice().buffer))
  expect(() => codes.put({ imageSha256: image, modelSha256: model, latent: { shape: [7], data } })).toThrow(
    'shape 7 has 7 values, not 6',
  )
})

test('one code for each quality, replaced when made again', () => {
  const { codes } = catalogAt()
  const key = { imageSha256: image, modelSha256: model }
  codes.put({
    ...key,
    quality: 3,
    bytes: 9000,
    bitsPerPixel: 0.5,
    psnrDb: 34.2,
    path: '/a.hgi',
    fileSha256: other,
  })
  codes.put({ ...key, latent: { shape: [1], data: new Float32Array([1]) } })
  codes.put({ ...key, latent: { shape: [1], data: new Float32Array([2]) } })
  expect(codes.ofImage(image).map(({ quality }) => quality)).toEqual([null, 3])
  expect(codes.latent(codes.find(image, model)!.id)?.data[0]).toBe(2)
  const compressed = codes.find(image, model, 3)!
  expect(compressed).toMatchObject({
    bytes: 9000,
    bitsPerPixel: 0.5,
    psnrDb: 34.2,
    path: '/a.hgi',
    fileSha256: other,
    shape: null,
  })
  expect(codes.latent(compressed.id)).toBeUndefined()
  expect(codes.find(image, model, 4)).toBeUndefined()
})

test('of one model in pages, and removed by model or image', () => {
  const { codes } = catalogAt()
  const all = codes.putMany(
    ['a', 'b', 'c'].map((name) => ({ imageSha256: sha256(name), modelSha256: model })),
  )
  codes.put({ imageSha256: sha256('a'), modelSha256: other })
  const first = codes.ofModel(model, { limit: 2 })
  expect([...first, ...codes.ofModel(model, { after: first[1].id })]).toEqual(all)
  expect(codes.removeOfImage(sha256('a'))).toBe(2)
  expect(codes.removeOfModel(model)).toBe(2)
})

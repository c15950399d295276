import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import type { FloatImage } from '../../../../shared/image.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'
import { noiseModels } from '../../../../shared/noise/models.ts'
import { greenOf, smallPhoto } from '../golden.ts'

const photo = smallPhoto()
const grey = greenOf(photo)
const checksum = ({ data }: FloatImage) => crc32(new Uint8Array(data.buffer)).toString(16)
const noisy = (image: FloatImage, model: string, seed: number) => addNoise(image, { model, seed })

test('the bytes of every model are pinned, in colour and in grey', () => {
  const pinned = [...noiseModels].map(
    ([id, model]) =>
      `${id} ${checksum(noisy(photo, id, 42))} ${model.colourOnly ? '-' : checksum(noisy(grey, id, 42))}`,
  )
  expect(pinned.join('\n')).toMatchInlineSnapshot(`
    "gaussian 33e708fd b6f89690
    iso 18fe688a 1627c881
    sensor 3cf3d85b b004a3e2
    poisson-gaussian aa9dfd2b aba20097
    poisson 26407c0b 3e178fa6
    correlated f41bd3d6 90051272
    chroma 92dc5909 -
    film-grain 530cc4a8 e97ed1b8
    speckle a2a4e694 72854570
    uniform 4ee37f37 c757ef9c
    salt-pepper d713f977 5db261eb
    hot-pixels 30a838bc a5dacea8
    fixed-pattern fb7d9fde 5ab11ac3
    banding 288636d e8281d3b
    quantise 56e24587 42c1887f
    jpeg 7c2461ee 8f041619
    holes ae8dda6a 39325b4a
    scratches 21a24334 a67ace33
    missing-lines 2db17971 f87e8287
    lost-blocks dee89354 3f1100b1"
  `)
})

test.each([...noiseModels.keys()])('%s: same seed, same bytes; the input stays as it was', (id) => {
  const before = checksum(photo)
  const first = noisy(photo, id, 1)
  expect(checksum(noisy(photo, id, 1))).toBe(checksum(first))
  expect(checksum(photo)).toBe(before)
  expect(checksum(first)).not.toBe(before)
  const seedless = id === 'quantise' || id === 'jpeg'
  expect(checksum(noisy(photo, id, 2)) === checksum(first)).toBe(seedless)
  expect(first.data.every(Number.isFinite)).toBe(true)
})

test('models draw from streams of their own, and lists of numbers are seeds too', () => {
  const [a, b] = ['gaussian', 'speckle'].map((id) =>
    noisy(photo, id, 1).data.map((v, i) => v - photo.data[i]),
  )
  const product = a.reduce((sum, value, i) => sum + value * b[i], 0)
  const [aa, bb] = [a, b].map((field) => field.reduce((sum, value) => sum + value * value, 0))
  expect(Math.abs(product / Math.sqrt(aa * bb))).toBeLessThan(0.04)
  const one = addNoise(photo, { model: 'gaussian', seed: [5] })
  expect(checksum(one)).toBe(checksum(noisy(photo, 'gaussian', 5)))
  expect(checksum(addNoise(photo, { model: 'gaussian', seed: [5, 1] }))).not.toBe(checksum(one))
})

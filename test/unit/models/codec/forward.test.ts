import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Tensor, type Tensor4D, tf } from '../../../../main/engine/tensorflow.ts'
import { codec } from '../../../../main/models/codec/codec.ts'
import { forward } from '../../../../main/models/codec/forward.ts'
import { codecOptions } from '../../../../main/models/codec/options.ts'
import { analyse, at, hyperAnalyse } from '../../../../main/models/codec/transforms.ts'
import { parametersFromFile, startingParameters } from '../../../../main/models/layers/parameters.ts'
import { readSafetensors, type StoredTensor } from '../../../../main/models/safetensors.ts'
import { Random } from '../../../../shared/random.ts'

const folder = join(import.meta.dirname, '../../../golden/codec')
const options = codecOptions.parse({})
const specs = codec.parameters(options)

/** PyTorch's NCHW as NHWC */
const imageOf = ({ shape, data }: StoredTensor) =>
  tf.tensor(data, [...shape]).transpose([0, 2, 3, 1]) as Tensor4D
const largestDifference = (a: Tensor, b: Tensor) => a.sub(b).abs().max().dataSync()[0]!

async function golden() {
  const weightsPath = join(folder, 'weights.safetensors')
  const { tensors } = await readSafetensors(join(folder, 'golden.safetensors'))
  const p = parametersFromFile(specs, (await readSafetensors(weightsPath)).tensors, weightsPath)
  const level = tf.tensor1d(tensors.level!.data as Float32Array)
  return { p, level, tensors, x: imageOf(tensors.image!) }
}

// Source: the network's twin in PyTorch, level 3.5, on a formula image of 128 x 192 pixels.
test('a hard pass gives the latents, symbols, rate and picture of the PyTorch twin', async () => {
  const { p, level, tensors, x } = await golden()
  expect(largestDifference(analyse(p, x, options.blocks), imageOf(tensors.latents!))).toBeLessThan(1e-3)
  const coded = forward(p, x, level, 'hard', options)
  expect(largestDifference(coded.details.z, imageOf(tensors.z!))).toBe(0)
  for (const name of ['mean', 'scale', 'decoded'] as const)
    expect(largestDifference(coded.details[name], imageOf(tensors[name]!)), name).toBeLessThan(1e-3)
  for (const [found, expected] of [
    [coded.bitsPerPixel, tensors.bits_per_pixel!],
    [coded.bitsPerPixelZ, tensors.bits_per_pixel_z!],
  ] as const) {
    const bits = expected.data[0]!
    expect(Math.abs(found.dataSync()[0]! / bits - 1)).toBeLessThan(1e-3)
  }
  expect(largestDifference(coded.image, imageOf(tensors.output!))).toBeLessThan(1e-4)
})

test('noise that happens to be what rounding adds gives the rate of rounding, other noise another', async () => {
  const { p, level, x } = await golden()
  const { details, bitsPerPixel } = forward(p, x, level, 'hard', options)
  const y0 = analyse(p, x, options.blocks)
  const z0 = hyperAnalyse(p, y0)
  const steps = (of: Tensor, gains: string) => of.mul(at(p, gains, level).exp())
  const added = {
    y: details.decoded.sub(steps(y0, 'log_gain')) as Tensor4D,
    z: details.z.sub(steps(z0, 'log_gain_z')) as Tensor4D,
  }
  const rated = (noise: typeof added) => forward(p, x, level, noise, options).bitsPerPixel.dataSync()[0]!
  const rounded = bitsPerPixel.dataSync()[0]!
  expect(Math.abs(rated(added) / rounded - 1)).toBeLessThan(1e-4)
  const other = { y: tf.zerosLike(added.y), z: tf.zerosLike(added.z) }
  expect(Math.abs(rated(other) / rounded - 1)).toBeGreaterThan(1e-2)
})

test('the network without rates: code sizes, decode after encode is reconstruct, no tensors left', () => {
  const small = codecOptions.parse({ width: 8, blocks: 1, latents: 12, hyper: 6, context: 8, groups: [4, 8] })
  const network = codec.build(small)
  const before = tf.memory().numTensors
  const p = startingParameters(codec.parameters(small), new Random(1))
  tf.tidy(() => {
    const x = tf.randomUniform([2, 64, 128, 3], 0, 1, 'float32', 5) as Tensor4D
    const code = network.encode(p, x)
    expect(code.latents!.shape).toEqual([2, 4, 8, 12])
    expect(code.hyper!.shape).toEqual([2, 1, 2, 6])
    const image = network.decode(p, code)
    expect(image.shape).toEqual(x.shape)
    expect(largestDifference(image, network.reconstruct(p, x))).toBe(0)
  })
  tf.dispose(p)
  expect(tf.memory().numTensors).toBe(before)
})

test('options whose groups are not all latents are refused', () => {
  expect(() => codecOptions.parse({ latents: 100 })).toThrow(/all latents/)
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Tensor, type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { denoiser } from '../../../main/models/denoiser/denoiser.ts'
import { denoiserOptions } from '../../../main/models/denoiser/options.ts'
import {
  parametersFromFile,
  parametersToFile,
  startingParameters,
} from '../../../main/models/layers/parameters.ts'
import { readSafetensors, type StoredTensor } from '../../../main/models/safetensors.ts'
import { Random } from '../../../shared/random.ts'

const root = join(import.meta.dirname, '../../..')
const options = denoiserOptions.parse({})
const network = denoiser.build(options)
const specs = denoiser.parameters(options)

/** PyTorch's NCHW as NHWC */
const imageOf = ({ shape, data }: StoredTensor) =>
  tf.tensor(data, [...shape]).transpose([0, 2, 3, 1]) as Tensor4D
const largestDifference = (a: Tensor, b: Tensor) => a.sub(b).abs().max().dataSync()[0]!

// Source: the network's twin in PyTorch on a formula image of 50 x 67 pixels. Tolerance 1e-4 of the value range.
test('outputs equal the PyTorch twin, with one level and with a level map', async () => {
  const weightsPath = join(root, 'test/golden/denoiser/weights.safetensors')
  const { tensors: golden } = await readSafetensors(join(root, 'test/golden/denoiser/golden.safetensors'))
  const p = parametersFromFile(specs, (await readSafetensors(weightsPath)).tensors, weightsPath)
  const noisy = imageOf(golden.noisy!)
  const clean = network.denoise!(p, noisy, tf.tensor1d(golden.sigma!.data as Float32Array))
  expect(largestDifference(clean, imageOf(golden.clean!))).toBeLessThan(1e-4)
  const cleanByMap = network.denoise!(p, noisy, imageOf(golden.sigma_map!))
  expect(largestDifference(cleanByMap, imageOf(golden.clean_map!))).toBeLessThan(1e-4)
  expect(largestDifference(clean, cleanByMap)).toBeGreaterThan(1e-3)
})

test('code and decoder give what denoise gives, at the sizes promised', () => {
  const p = startingParameters(specs, new Random(1))
  const x = tf.randomUniform([1, 24, 40, 3], 0, 1, 'float32', 5) as Tensor4D
  const code = network.encode(p, x)
  expect(code.middle!.shape).toEqual([1, 3, 5, 128])
  expect(code['skip.0']!.shape).toEqual([1, 12, 20, 64])
  const rebuilt = x.sub(network.decode(p, code))
  expect(largestDifference(rebuilt, network.reconstruct(p, x))).toBe(0)
})

test('weights go to a file and back unchanged, and live tensors are what they were', () => {
  const before = tf.memory().numTensors
  const p = startingParameters(specs, new Random(2))
  const file = parametersToFile(specs, p)
  expect(Object.keys(file)).toHaveLength(specs.length)
  const again = parametersToFile(specs, parametersFromFile(specs, file, 'test'))
  expect(again).toEqual(file)
  tf.dispose(p)
  expect(tf.memory().numTensors).toBe(before + specs.length) // `again`'s tensors
})

test('a file that lacks a weight or has one of another shape is refused by name', () => {
  const file = parametersToFile(specs, startingParameters(specs, new Random(3)))
  const { 'tail.bias': bias, ...rest } = file
  expect(() => parametersFromFile(specs, rest, 'a.safetensors')).toThrow(
    /a\.safetensors lacks the weight 'tail\.bias'/,
  )
  expect(() => parametersFromFile(specs, { ...rest, 'tail.bias': { ...bias!, shape: [3, 4] } }, 'b')).toThrow(
    /should be \[12\]/,
  )
  expect(() => parametersFromFile(specs, { ...file, extra: bias! }, 'c')).toThrow(/does not have: extra/)
})

import { expect, test } from 'vitest'
import { type Tensor2D, tf } from '../../../main/engine/tensorflow.ts'
import { convolutional } from '../../../main/models/conv/conv.ts'
import { convOptions } from '../../../main/models/conv/options.ts'
import { parametersToFile, startingParameters } from '../../../main/models/layers/parameters.ts'
import { Random } from '../../../shared/random.ts'
import { formulaTensor, largestDifference } from '../training/formula.ts'

test('shapes: grey and colour, code and image', () => {
  const before = tf.memory().numTensors
  tf.tidy(() => {
    for (const [given, inputs] of [
      [{}, 784],
      [{ rows: 8, columns: 16, channels: 3, widths: [4, 8, 8], code: 3 }, 384],
    ] as const) {
      const options = convOptions.parse(given)
      const network = convolutional.build(options)
      const p = startingParameters(convolutional.parameters(options), new Random(1))
      expect(network.inputs).toBe(inputs)
      const x = formulaTensor([5, inputs], 1).add(0.5) as Tensor2D
      const { code } = network.encode(p, x)
      expect(code!.shape).toEqual([5, options.code])
      const back = network.decode(p, { code: code! })
      expect(back.shape).toEqual([5, inputs])
      expect(back.dataSync()).toEqual(network.reconstruct(p, x).dataSync())
      expect(largestDifference(network.forward(p, x).logits.sigmoid().dataSync(), back.dataSync())).toBe(0)
      expect(tf.moments(code!, 0).variance.min().dataSync()[0]).toBeGreaterThan(1e-4)
      parametersToFile(convolutional.parameters(options), p)
    }
  })
  expect(tf.memory().numTensors).toBe(before)
})

test('what is next to a pixel matters to it: a moved image gives moved features, not the same code', () => {
  tf.tidy(() => {
    const options = convOptions.parse({ rows: 8, columns: 8, widths: [4], code: 3 })
    const network = convolutional.build(options)
    const p = startingParameters(convolutional.parameters(options), new Random(1))
    const image = tf.oneHot([27], 64) as Tensor2D
    const moved = tf.oneHot([28], 64) as Tensor2D
    const [a, b] = [image, moved].map((x) => network.encode(p, x.toFloat()).code!.dataSync())
    expect(largestDifference(a!, b!)).toBeGreaterThan(1e-3)
  })
})

test('sides that cannot be halved so often are refused', () => {
  expect(convOptions.safeParse({ rows: 28, widths: [4, 4, 4] }).error!.issues[0]!.message).toMatch(
    /multiples of 2/,
  )
})

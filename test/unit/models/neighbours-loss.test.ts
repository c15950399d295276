import { expect, test } from 'vitest'
import { type NamedTensors, type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import {
  denoisedWhole,
  neighboursLoss,
  pickNeighbours,
} from '../../../main/models/denoiser/neighbours-loss.ts'
import type { Network } from '../../../main/models/model.ts'
import { createOptimizer } from '../../../main/training/optimizers/optimizer.ts'
import { createStep } from '../../../main/training/step.ts'

/** Takes off what its one weight says. */
const network = {
  denoise: (p: NamedTensors, noisy: Tensor4D) => noisy.sub(p.shift!),
} as unknown as Network<Tensor4D>

/** Two cells side by side: values 1 to 8 row by row, the same in all three channels. */
const noisy = () =>
  tf.tensor4d(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((v) => [v, v + 10, v + 20]),
    [1, 2, 4, 3],
  )
const masks = () => ({
  first: tf.tensor4d([1, 0, 0, 0, 0, 0, 0, 1], [1, 1, 2, 4]),
  second: tf.tensor4d([0, 1, 0, 0, 0, 0, 1, 0], [1, 1, 2, 4]),
})

test('one pixel of each cell is picked, with all its channels', () => {
  const { first, second } = masks()
  expect([...pickNeighbours(noisy(), first).dataSync()]).toEqual([1, 11, 21, 8, 18, 28])
  expect([...pickNeighbours(noisy(), second).dataSync()]).toEqual([2, 12, 22, 7, 17, 27])
})

test("the paper's loss; no gradient flows through the whole picture", () => {
  const p = { shift: tf.scalar(0.5) }
  const batch = { noisy: noisy(), sigma: tf.tensor1d([0.1]), ...masks() }
  const known = { ...batch, ...denoisedWhole(network, p, batch) }
  // first - shift - second is -1.5 and 0.5; the whole's neighbours differ by -1 and 1.
  const squares = ((-1.5) ** 2 + 0.5 ** 2) / 2
  const forgiven = ((-0.5) ** 2 + (-0.5) ** 2) / 2
  const variance = 0.1 ** 2 + 1e-4
  expect(neighboursLoss(network, p, known, 0).arraySync()).toBeCloseTo(squares / variance, 3)
  expect(neighboursLoss(network, p, known, 3).arraySync()).toBeCloseTo((squares + 3 * forgiven) / variance, 3)
  // A whole that is made of the batch's clean side alone, with the weight's gradient cut off.
  const wholly = {
    denoise: (q: NamedTensors, x: Tensor4D) => x.mul(q.shift!),
  } as unknown as Network<Tensor4D>
  const step = createStep(
    {
      constants: (q, given) => denoisedWhole(wholly, q, given),
      loss: (q, given) => neighboursLoss(wholly, q, given, 1),
    },
    createOptimizer('sgd'),
    'float32',
  )
  // difference = s a - b, expected = s (a - b): d/ds of the mean of d^2 + (d - e)^2 with e constant.
  const pairs = [1, 11, 21, 8, 18, 28].map((a, i) => [a, [2, 12, 22, 7, 17, 27][i]!] as const)
  const slope = pairs.reduce((sum, [a, b]) => {
    const [d, e] = [0.5 * a - b, 0.5 * (a - b)]
    return sum + (2 * d * a + 2 * (d - e) * a) / pairs.length
  }, 0)
  const { gradients } = step.gradients(p, batch)
  expect(gradients.shift!.arraySync()).toBeCloseTo(slope / variance, -1)
  step.dispose()
})

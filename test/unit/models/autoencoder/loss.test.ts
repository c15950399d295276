import { expect, test } from 'vitest'
import { type NamedTensors, type Tensor2D, tf } from '../../../../main/engine/tensorflow.ts'
import { autoencoderLoss, priorDivergence } from '../../../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../../../main/models/autoencoder/loss-settings.ts'
import { convOptions } from '../../../../main/models/conv/options.ts'
import { dense } from '../../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../../main/models/dense/options.ts'
import { startingParameters } from '../../../../main/models/layers/parameters.ts'
import { vae } from '../../../../main/models/vae/vae.ts'
import { Random } from '../../../../shared/random.ts'
import { formulaTensor } from '../../training/formula.ts'

const linear = denseOptions.parse({ inputs: 6, hidden: [], code: 2 })
const network = dense.build(linear)
const weights = () => startingParameters(dense.parameters(linear), new Random(1))
const value = (loss: () => { dataSync(): ArrayLike<number> }) => tf.tidy(() => loss().dataSync()[0]!)

/** What a penalty adds to the plain loss. */
function penalty(given: object, p: NamedTensors, batch: NamedTensors): number {
  const of = (settings: object) =>
    value(() => autoencoderLoss(network, p, batch, autoencoderLossSettings.parse(settings)))
  return of(given) - of({})
}

test("contractive: of a linear code the mean of the weights' squares, times the inputs", () => {
  tf.tidy(() => {
    const p = weights()
    const input = formulaTensor([4, 6], 1)
    // Directions along each axis, long enough that their mean square is 1, give the slope exactly.
    const direction = tf.eye(6).mul(Math.sqrt(6))
    const batch = { input: input.tile([2, 1]).slice([0, 0], [6, 6]), target: tf.zeros([6, 6]), direction }
    const squares = value(() => p['encoder.0.weight']!.square().sum())
    // Mean over the two code values of the squared Frobenius norm.
    expect(penalty({ contractive: 3 }, p, batch)).toBeCloseTo((3 * squares) / 2, 2)
  })
})

test('sparse: the penalties vanish where the code is as asked for, and not elsewhere', () => {
  tf.tidy(() => {
    const p = weights()
    const logit = Math.log(0.2 / 0.8)
    p['encoder.0.weight'] = tf.zeros([6, 2])
    p['encoder.0.bias'] = tf.tensor1d([logit, logit])
    const batch = { input: formulaTensor([4, 6], 1), target: tf.zeros([4, 6]) }
    expect(penalty({ codeKl: 1, sparsity: 0.2 }, p, batch)).toBeCloseTo(0, 6)
    // KL(0.05 || 0.2), twice
    const expected = 2 * (0.05 * Math.log(0.05 / 0.2) + 0.95 * Math.log(0.95 / 0.8))
    expect(penalty({ codeKl: 1, sparsity: 0.05 }, p, batch)).toBeCloseTo(expected, 5)
    expect(penalty({ codeL1: 2 }, p, batch)).toBeCloseTo(-2 * logit, 5)
  })
})

// Source: 0.5 (m^2 + v - log v - 1) summed over the code, by hand.
test('the divergence from the prior: 0 for standard normal codes, else as in closed form', () => {
  const divergence = (mean: number[], logVariance: number[]) =>
    value(() => priorDivergence(tf.tensor2d([mean]), tf.tensor2d([logVariance])))
  expect(divergence([0, 0], [0, 0])).toBe(0)
  expect(divergence([1, -2], [Math.log(4), 0])).toBeCloseTo(0.5 * (1 + 4 - Math.log(4) - 1) + 2, 5)
})

test('a variational loss: the draw moves the code by its deviation, beta weighs the divergence', () => {
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const options = convOptions.parse({ rows: 4, columns: 4, widths: [3], code: 2 })
    const variational = vae.build(options)
    const p = startingParameters(vae.parameters(options), new Random(1))
    const x = formulaTensor([3, 16], 1).add(0.5) as Tensor2D
    const still = variational.forward(p, x)
    const draw = formulaTensor([3, 2], 2) as Tensor2D
    const moved = variational.forward(p, x, { draw })
    const code = still.code.add(still.logVariance!.mul(0.5).exp().mul(draw))
    expect(moved.logits.sigmoid().dataSync()).toEqual(variational.decode(p, { code }).dataSync())
    expect(variational.decode(p, { code: still.code }).dataSync()).toEqual(
      variational.reconstruct(p, x).dataSync(),
    )
    const loss = (beta: number) => {
      const settings = autoencoderLossSettings.parse({ loss: 'bce', beta })
      return value(() => autoencoderLoss(variational, p, { input: x, target: x, draw }, settings))
    }
    const divergence = value(() => priorDivergence(still.code, still.logVariance!))
    expect(loss(4) - loss(0)).toBeCloseTo((4 * divergence) / 16, 5)
  })
  expect(tf.memory().numTensors).toBe(before)
})

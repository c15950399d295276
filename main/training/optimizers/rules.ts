import { type Scalar, type Tensor, tf } from '../../engine/tensorflow.ts'

/** An optimizer's memory of one weight, by name; starts at zero. */
export type Moments = Record<string, Tensor>

/**
 * One update rule: the change of a weight, to be scaled by the learning rate and subtracted, and the new moments.
 * `corrections` are 1 / (1 - decay^t) for each of the rule's decays, as scalars, so that no step number is baked
 * into a compiled function.
 */
export interface UpdateRule {
  readonly moments: readonly string[]
  readonly decays: readonly number[]
  update(
    gradient: Tensor,
    moments: Moments,
    corrections: readonly Scalar[],
  ): { change: Tensor; moments: Moments }
}

/** Stochastic gradient descent: the gradient itself. */
export const sgd: UpdateRule = {
  moments: [],
  decays: [],
  update: (gradient) => ({ change: gradient, moments: {} }),
}

/** Nesterov's momentum, 0.9 (Sutskever et al., ICML 2013). */
export const momentum: UpdateRule = {
  moments: ['velocity'],
  decays: [],
  update(gradient, { velocity }) {
    const next = velocity!.mul(0.9).add(gradient)
    return { change: gradient.add(next.mul(0.9)), moments: { velocity: next } }
  },
}

/** RMSProp, decay 0.9, epsilon 1e-7 (Hinton's lecture 6e, 2012). */
export const rmsprop: UpdateRule = {
  moments: ['square'],
  decays: [],
  update(gradient, { square }) {
    const next = square!.mul(0.9).add(gradient.square().mul(0.1))
    return { change: gradient.div(next.sqrt().add(1e-7)), moments: { square: next } }
  },
}

/** Adam with bias correction (Kingma and Ba, arXiv 1412.6980), decays 0.9 and 0.99, epsilon 1e-8. */
export const adam: UpdateRule = {
  moments: ['mean', 'square'],
  decays: [0.9, 0.99],
  update(gradient, { mean, square }, [correctMean, correctSquare]) {
    const nextMean = mean!.mul(0.9).add(gradient.mul(0.1))
    const nextSquare = square!.mul(0.99).add(gradient.square().mul(0.01))
    const scale = nextSquare.mul(correctSquare!).sqrt().add(1e-8)
    return { change: nextMean.mul(correctMean!).div(scale), moments: { mean: nextMean, square: nextSquare } }
  },
}

export const rules = { sgd, momentum, rmsprop, adam }
export const zerosLike = (x: Tensor): Tensor => tf.zeros(x.shape)

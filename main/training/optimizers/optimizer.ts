import { type NamedTensors, type Scalar, type Tensor, tf } from '../../engine/tensorflow.ts'
import type { OptimizerKind } from '../settings.ts'
import { muonTakes, muonUpdate } from './muon.ts'
import { rules, zerosLike } from './rules.ts'

export interface Rates {
  readonly learningRate: number
  /** of the weights that Muon handles */
  readonly muonLearningRate: number
  /** decoupled (Loshchilov and Hutter, arXiv 1711.05101), of weights but not biases or logarithms; times the learning rate */
  readonly weightDecay: number
}

/** The numbers of one update as scalars, so that none is baked into a compiled function. */
export type RateTensors = {
  readonly learningRate: Scalar
  readonly muonLearningRate: Scalar
  /** 1 / (1 - decay^t) for each decay of the rule */
  readonly corrections: Scalar[]
  /** what weight decay leaves of a weight, 1 - rate * decay; only with weight decay */
  readonly kept?: { readonly plain: Scalar; readonly muon: Scalar }
}

/**
 * Updates weights from gradients; pure in its tensors. `muon` is Muon for the convolutions and Adam for the rest.
 * The state is tensors by name, `<weight>/<moment>`, so that a checkpoint holds it as it is.
 */
export interface Optimizer {
  start(parameters: NamedTensors): NamedTensors
  /** @param t number of this update, from 1 */
  rateTensors(rates: Rates, t: number): RateTensors
  /** The results are new tensors; the caller disposes the old ones. */
  update(given: {
    parameters: NamedTensors
    gradients: NamedTensors
    state: NamedTensors
    rates: RateTensors
  }): { parameters: NamedTensors; state: NamedTensors }
}

export function createOptimizer(kind: OptimizerKind): Optimizer {
  const rule = rules[kind === 'muon' ? 'adam' : kind]
  const split = (parameters: NamedTensors) => {
    const names = Object.keys(parameters)
    const matrices = kind === 'muon' ? names.filter((name) => muonTakes(name, parameters[name]!)) : []
    return { matrices, rest: names.filter((name) => !matrices.includes(name)) }
  }

  function start(parameters: NamedTensors): NamedTensors {
    const { matrices, rest } = split(parameters)
    const state: NamedTensors = {}
    for (const name of rest)
      for (const key of rule.moments) state[`${name}/${key}`] = zerosLike(parameters[name]!)
    for (const name of matrices) state[`${name}/velocity`] = zerosLike(parameters[name]!)
    return state
  }

  function rateTensors({ learningRate, muonLearningRate, weightDecay }: Rates, t: number): RateTensors {
    const keptAt = (rate: number) => tf.scalar(1 - rate * weightDecay)
    return {
      learningRate: tf.scalar(learningRate),
      muonLearningRate: tf.scalar(muonLearningRate),
      corrections: rule.decays.map((decay) => tf.scalar(1 / (1 - decay ** t))),
      ...(weightDecay > 0 ? { kept: { plain: keptAt(learningRate), muon: keptAt(muonLearningRate) } } : {}),
    }
  }

  function update({ parameters, gradients, state, rates }: Parameters<Optimizer['update']>[0]) {
    const { matrices, rest } = split(parameters)
    const changes: NamedTensors = {}
    const nextState: NamedTensors = {}
    for (const name of rest) {
      const moments = Object.fromEntries(rule.moments.map((key) => [key, state[`${name}/${key}`]!]))
      const result = rule.update(gradients[name]!, moments, rates.corrections)
      changes[name] = result.change.mul(rates.learningRate)
      for (const [key, moment] of Object.entries(result.moments)) nextState[`${name}/${key}`] = moment
    }
    const pick = (from: NamedTensors, key = '') =>
      Object.fromEntries(matrices.map((name) => [name, from[`${name}${key}`]!]))
    const muon = muonUpdate(pick(gradients), pick(state, '/velocity'))
    for (const name of matrices) {
      changes[name] = muon.changes[name]!.mul(rates.muonLearningRate)
      nextState[`${name}/velocity`] = muon.velocities[name]!
    }
    const next: NamedTensors = {}
    for (const [name, weight] of Object.entries(parameters)) {
      const factor = rates.kept?.[matrices.includes(name) ? 'muon' : 'plain']
      const kept = factor && decays(name, weight) ? weight.mul(factor) : weight
      next[name] = kept.sub(changes[name]!)
    }
    return { parameters: next, state: nextState }
  }

  return {
    start: (parameters) => tf.tidy(() => start(parameters)),
    rateTensors,
    update: (given) => tf.tidy(() => update(given)),
  }
}

/** Weight decay is for matrices and kernels: not for biases, nor for logarithms, where 0 means 1. */
function decays(name: string, weight: Tensor): boolean {
  return weight.rank > 1 && !name.startsWith('log_')
}

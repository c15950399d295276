import { type NamedTensors, type Tensor, type Tensor3D, tf } from '../../engine/tensorflow.ts'

/**
 * Muon: momentum whose direction is made semi-orthogonal (Jordan et al. 2024, kellerjordan.github.io/posts/muon),
 * scaled to Adam's size of steps as in Liu et al. 2025 (arXiv 2502.16982). For convolutions, whose weights
 * (h, w, in, out) count as matrices of h * w * in rows and out columns.
 */
const decay = 0.95

/** True for weights that Muon handles: convolutions of at least 32 in both directions of their matrix. */
export function muonTakes(name: string, weight: Tensor): boolean {
  if (weight.rank !== 4 || name.startsWith('klt')) return false
  const columns = weight.shape[3]!
  return Math.min(columns, weight.size / columns) >= 32
}

/**
 * One step for all weights that Muon handles. Weights of one shape are worked on together, as one batch of
 * matrices, because each operation has a fixed cost.
 * @returns changes to be scaled by the learning rate and subtracted, and the new velocities
 */
export function muonUpdate(gradients: NamedTensors, velocities: NamedTensors) {
  const changes: NamedTensors = {}
  const nextVelocities: NamedTensors = {}
  for (const names of groupByShape(gradients)) {
    const shape = gradients[names[0]!]!.shape
    const columns = shape[3]!
    const directions = names.map((name) => {
      const velocity = velocities[name]!.mul(decay).add(gradients[name]!)
      nextVelocities[name] = velocity
      return gradients[name]!.add(velocity.mul(decay)).reshape([-1, columns])
    })
    const orthogonal = orthogonalise(tf.stack(directions) as Tensor3D)
    const scale = 0.2 * Math.sqrt(Math.max(columns, orthogonal.shape[1]))
    const parts = tf.unstack(orthogonal.mul(scale))
    for (const [i, name] of names.entries()) changes[name] = parts[i]!.reshape(shape)
  }
  return { changes, velocities: nextVelocities }
}

/** (n, rows, columns) -> roughly the nearest semi-orthogonal matrix to each, by five Newton-Schulz steps. */
export function orthogonalise(matrices: Tensor3D): Tensor3D {
  const tall = matrices.shape[1] > matrices.shape[2]
  let x = tall ? (matrices.transpose([0, 2, 1]) as Tensor3D) : matrices
  x = x.div(x.square().sum([1, 2], true).sqrt().add(1e-7))
  for (let step = 0; step < 5; step++) {
    const s = tf.matMul(x, x, false, true)
    x = x.mul(3.4445).add(tf.matMul(s.mul(-4.775).add(tf.matMul(s, s).mul(2.0315)) as Tensor3D, x))
  }
  return tall ? (x.transpose([0, 2, 1]) as Tensor3D) : x
}

function groupByShape(tensors: NamedTensors): string[][] {
  return [...Map.groupBy(Object.keys(tensors), (name) => String(tensors[name]!.shape)).values()]
}

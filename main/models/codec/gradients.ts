import { backend } from '../../engine/compile/backend.ts'
import { type Tensor, tf } from '../../engine/tensorflow.ts'

type Save = (tensors: Tensor[]) => void

/** An op with a gradient of its own; tfjs's type of `customGrad` does not know what `save` is. */
function withGradient(
  forward: (x: Tensor) => Tensor,
  backward: (dy: Tensor, x: Tensor) => Tensor,
): (x: Tensor) => Tensor {
  const op = tf.customGrad((...inputs: (Tensor | Save)[]) => {
    const [x, save] = inputs as [Tensor, Save]
    save([x])
    return {
      value: forward(x),
      gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved[0]!),
    }
  })
  return (x) => op(x)
}

/** max(x, bound), whose gradient still flows where it would raise x. */
export function atLeast(x: Tensor, bound: number): Tensor {
  return withGradient(
    (x) => tf.maximum(x, bound),
    (dy, x) => dy.mul(x.greaterEqual(bound).logicalOr(dy.less(0)).cast('float32')),
  )(x)
}

/** x rounded (halves to even); the gradient passes as if it were not. */
export const roundThrough = withGradient(
  (x) => x.round(),
  (dy) => dy.clone(),
)

/** x, taken as a constant by the gradient. */
export const fixed = withGradient(
  (x) => x.clone(),
  (dy) => dy.mul(0),
)

/** 1 - erf(x) without the loss of digits where that is near 0. */
export const erfc = withGradient(
  (x) => {
    const { dtype } = backend.tensorMap.get(x.dataId)
    const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: dtype }
    return backend.executeSingleOutput('Erfc', [type], [x])
  },
  (dy, x) => dy.mul(x.square().neg().exp()).mul(-2 / Math.sqrt(Math.PI)),
)

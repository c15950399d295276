import { type NamedTensors, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { type ParameterSpec, uniformStart } from './parameters.ts'

/** Weight and bias of a convolution (out, in, size, size); `scale` shrinks the weights it starts from. */
export function convSpecs(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  scale = 1,
): ParameterSpec[] {
  const fanIn = inputs * size * size
  return [
    {
      name: `${name}.weight`,
      layout: 'conv',
      shape: [outputs, inputs, size, size],
      start: uniformStart(fanIn, scale),
    },
    { name: `${name}.bias`, layout: 'plain', shape: [outputs], start: uniformStart(fanIn) },
  ]
}

/** Weight and bias of a transposed convolution (in, out, size, size). */
export function convTransposeSpecs(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
): ParameterSpec[] {
  const fanIn = outputs * size * size // as PyTorch counts it
  return [
    {
      name: `${name}.weight`,
      layout: 'convTranspose',
      shape: [inputs, outputs, size, size],
      start: uniformStart(fanIn),
    },
    { name: `${name}.bias`, layout: 'plain', shape: [outputs], start: uniformStart(fanIn) },
  ]
}

/** Convolution with bias; `same` pads by zeros (stride 1), `valid` not at all. NHWC. */
export function conv(
  p: NamedTensors,
  name: string,
  x: Tensor4D,
  stride = 1,
  padding: 'same' | 'valid' = 'same',
): Tensor4D {
  return tf.tidy(() => tf.conv2d(x, p[`${name}.weight`] as Tensor4D, stride, padding).add(p[`${name}.bias`]!))
}

/**
 * Transposed convolution, its sides grown by the stride: (n, h, w, in) -> (n, h s, w s, out). As PyTorch's with a
 * padding of (size - stride) / 2, which has to be whole.
 */
export function convTranspose(p: NamedTensors, name: string, x: Tensor4D, stride: number): Tensor4D {
  const weight = p[`${name}.weight`] as Tensor4D
  const [n, h, w] = x.shape
  const shape: [number, number, number, number] = [n, h * stride, w * stride, weight.shape[2]]
  return tf.tidy(() => tf.conv2dTranspose(x, weight, shape, stride, 'same').add(p[`${name}.bias`]!))
}

/** x + conv3(activate(conv3(x))), the weights under `name.a` and `name.b` */
export function residual(
  p: NamedTensors,
  name: string,
  x: Tensor4D,
  activate: (x: Tensor4D) => Tensor4D = tf.relu,
): Tensor4D {
  // What is between dies with the block, not with the picture: large tiles would take gigabytes.
  return tf.tidy(() => x.add(conv(p, `${name}.b`, activate(conv(p, `${name}.a`, x)))))
}

export function residualSpecs(name: string, width: number, scale: number): ParameterSpec[] {
  return [...convSpecs(`${name}.a`, width, width, 3), ...convSpecs(`${name}.b`, width, width, 3, scale)]
}

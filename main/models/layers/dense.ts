import { type NamedTensors, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import { type ParameterSpec, uniformStart } from './parameters.ts'

/** Weight (out, in) and bias of a fully connected layer, started for a ReLU behind it (He et al. 2015). */
export function denseSpecs(name: string, inputs: number, outputs: number): ParameterSpec[] {
  return [
    {
      name: `${name}.weight`,
      layout: 'dense',
      shape: [outputs, inputs],
      start: uniformStart(inputs, Math.sqrt(6)),
    },
    { name: `${name}.bias`, layout: 'plain', shape: [outputs], start: uniformStart(inputs) },
  ]
}

/** (n, in) -> (n, out) */
export function denseLayer(p: NamedTensors, name: string, x: Tensor2D): Tensor2D {
  return tf.matMul(x, p[`${name}.weight`] as Tensor2D).add(p[`${name}.bias`]!)
}

import { type Choice, chooseCompute } from '../engine/choose.ts'
import { type ComputeMode, compile } from '../engine/compile/compile.ts'
import { mayHaveBfloat16, usesGpu } from '../engine/environment.ts'
import type { Workload } from '../engine/measure-modes.ts'
import { type NamedTensors, type Tensor, type Tensor4D, tf } from '../engine/tensorflow.ts'
import type { ParameterSpec } from './layers/parameters.ts'
import type { Network } from './model.ts'

/** The same network with each of its functions compiled; `eager`: the network itself. */
export function compiledNetwork(
  network: Network,
  mode: ComputeMode,
): Network & { readonly mode: ComputeMode; dispose(): void } {
  if (mode === 'eager') return { ...network, mode, dispose() {} }
  type Weights = NamedTensors
  const encode = compile(({ p, x }: { p: Weights; x: Tensor }) => network.encode(p, x), { mode })
  const decode = compile(({ p, code }: { p: Weights; code: NamedTensors }) => network.decode(p, code), {
    mode,
  })
  const reconstruct = compile(({ p, x }: { p: Weights; x: Tensor }) => network.reconstruct(p, x), { mode })
  const denoise = compile(
    ({ p, noisy, sigma }: { p: Weights; noisy: Tensor; sigma: Tensor }) =>
      network.denoise!(p, noisy as Tensor4D, sigma) as Tensor,
    { mode },
  )
  return {
    ...network,
    mode,
    encode: (p, x) => encode({ p, x }),
    decode: (p, code) => decode({ p, code }),
    reconstruct: (p, x) => reconstruct({ p, x }),
    ...(network.denoise
      ? { denoise: (p: Weights, noisy: Tensor4D, sigma: Tensor) => denoise({ p, noisy, sigma }) as Tensor4D }
      : {}),
    dispose() {
      for (const one of [encode, decode, reconstruct, denoise]) one.dispose()
    },
  }
}

/**
 * The modes worth measuring for a network with these weights: bfloat16 where hardware may have it, XLA not for
 * convolutions on a CPU, where it is slower than TensorFlow's own kernels and takes seconds to compile.
 */
export function candidateModes(specs: readonly ParameterSpec[]): ComputeMode[] {
  return [
    'float32',
    ...(mayHaveBfloat16() ? (['bfloat16'] as const) : []),
    ...(convolves(specs) && !usesGpu() ? [] : (['xla'] as const)),
  ]
}

function convolves(specs: readonly ParameterSpec[]): boolean {
  return specs.some(({ layout }) => layout === 'conv' || layout === 'convTranspose')
}

/** Side of the square, and count of the vectors, that inference is measured on. */
const measured = { side: 256, vectors: 256 }

export interface InferenceModel {
  readonly network: Network
  readonly parameters: NamedTensors
  readonly specs: readonly ParameterSpec[]
  readonly architecture: { readonly id: string; readonly options: unknown }
}

/** How this network infers fastest here. */
export function chooseInference(
  { network, parameters, specs, architecture }: InferenceModel,
  signal?: AbortSignal,
): Promise<Choice> {
  const prepare = (mode: ComputeMode): Workload => {
    const compiled = compiledNetwork(network, mode)
    const run = () => {
      if (compiled.denoise) {
        const noisy = tf.zeros([1, measured.side, measured.side, 3]) as Tensor4D
        return compiled.denoise(parameters, noisy, tf.tensor1d([0.1]))
      }
      const pictures = [1, measured.side, measured.side, 3]
      const shape = network.inputs ? [measured.vectors, network.inputs] : pictures
      return compiled.reconstruct(parameters, tf.zeros(shape))
    }
    return { run: () => tf.tidy(() => void run().dataSync()), dispose: compiled.dispose }
  }
  return chooseCompute({
    label: `${architecture.id}, inference`,
    key: [architecture, measured],
    candidates: candidateModes(specs),
    ...{ prepare, signal },
  })
}

import { askedMode, type Choice, knownChoices } from './choose.ts'
import { canCompile } from './compile/backend.ts'
import { kernelThreads, loadedTensorflow, processorName, usesGpu } from './environment.ts'
import { nvidiaDriverVersion } from './install/driver.ts'
import { readInstalled } from './install/install.ts'
import { tf } from './tensorflow.ts'

export interface EngineFacts {
  readonly device: 'cuda' | 'cpu'
  /** one sentence, for people: why this device */
  readonly why: string
  /** name of the processor */
  readonly processor: string
  readonly threads: number
  readonly compiled: {
    readonly available: boolean
    /** one sentence, for people */
    readonly why: string
    /** what was measured here so far */
    readonly choices: readonly Choice[]
  }
  readonly versions: { readonly tfjs: string; readonly tensorflow: string; readonly build: string }
}

/** What this process computes with, and why. */
export async function engineFacts(): Promise<EngineFacts> {
  const installed = await readInstalled()
  const driver = await nvidiaDriverVersion()
  const build = installed?.variant ?? 'unknown'
  const hidden = process.env.CUDA_VISIBLE_DEVICES === ''
  const why = usesGpu()
    ? `CUDA build, NVIDIA driver ${driver}`
    : build !== 'cuda'
      ? `CPU build of TensorFlow (${installed?.reason ?? 'installed by hand'})`
      : hidden
        ? 'CUDA build, but the CPU was asked for'
        : driver
          ? `CUDA build and NVIDIA driver ${driver}, but TensorFlow found no usable GPU (too old a driver or GPU?)`
          : 'CUDA build, but no NVIDIA driver is loaded: install one to use a GPU'
  return {
    device: usesGpu() ? 'cuda' : 'cpu',
    why,
    processor: processorName(),
    threads: kernelThreads(),
    compiled: { available: canCompile, why: compiledWhy(), choices: await knownChoices() },
    versions: { tfjs: tf.version.tfjs, tensorflow: loadedTensorflow(), build },
  }
}

function compiledWhy(): string {
  if (!canCompile) {
    return "the TensorFlow binding is the package's own and cannot run graphs: everything runs eagerly, which is slower"
  }
  const asked = askedMode()
  return asked
    ? `HOURGLASS_COMPUTE asks for '${asked}'`
    : 'the fastest way is measured once for each model and kept'
}

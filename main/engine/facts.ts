import { availableParallelism, cpus } from 'node:os'
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
  readonly versions: { readonly tfjs: string; readonly tensorflow: string; readonly build: string }
}

/** What this process computes with, and why. */
export async function engineFacts(): Promise<EngineFacts> {
  const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean; binding: { TF_Version: string } }
  const installed = await readInstalled()
  const driver = await nvidiaDriverVersion()
  const build = installed?.variant ?? 'unknown'
  const hidden = process.env.CUDA_VISIBLE_DEVICES === ''
  const why = backend.isUsingGpuDevice
    ? `CUDA build, NVIDIA driver ${driver}`
    : build !== 'cuda'
      ? `CPU build of TensorFlow (${installed?.reason ?? 'installed by hand'})`
      : hidden
        ? 'CUDA build, but the CPU was asked for'
        : driver
          ? `CUDA build and NVIDIA driver ${driver}, but TensorFlow found no usable GPU (too old a driver or GPU?)`
          : 'CUDA build, but no NVIDIA driver is loaded: install one to use a GPU'
  return {
    device: backend.isUsingGpuDevice ? 'cuda' : 'cpu',
    why,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism(),
    versions: { tfjs: tf.version.tfjs, tensorflow: backend.binding.TF_Version, build },
  }
}

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { tf } from './tensorflow.ts'

/** Changes when compiled functions change what they do: choices measured before are void. */
const compilerVersion = 2

const backend = tf.backend() as unknown as {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

export function usesGpu(): boolean {
  return backend.isUsingGpuDevice
}

/** The version that the loaded library names itself. */
export function loadedTensorflow(): string {
  return backend.binding.TF_Version
}

export function processorName(): string {
  return cpus()[0]?.model.trim() ?? 'unknown'
}

export function kernelThreads(): number {
  return Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
}

/** Everything of this machine and process that speed depends on. */
export function computeEnvironment(): Record<string, unknown> {
  const { ONEDNN_MAX_CPU_ISA, ONEDNN_DEFAULT_FPMATH_MODE, TF_ENABLE_ONEDNN_OPTS } = process.env
  return {
    compilerVersion,
    tensorflow: loadedTensorflow(),
    device: usesGpu() ? 'cuda' : 'cpu',
    processor: processorName(),
    threads: kernelThreads(),
    ...{ ONEDNN_MAX_CPU_ISA, ONEDNN_DEFAULT_FPMATH_MODE, TF_ENABLE_ONEDNN_OPTS },
  }
}

/** What ONEDNN_MAX_CPU_ISA may allow for bfloat16 to be left (oneDNN's CPU dispatcher control). */
const isaWithBfloat16 = /BF16|FP16|AMX|AVX10|VNNI_2|ALL|DEFAULT/i

/** False where bfloat16 is certain to be emulated: measuring it would take long and prove nothing. */
export function mayHaveBfloat16(): boolean {
  const isa = process.env.ONEDNN_MAX_CPU_ISA
  if (isa && !usesGpu() && !isaWithBfloat16.test(isa)) return false
  if (usesGpu() || process.platform !== 'linux') return true
  try {
    return /\b(amx_bf16|avx512_bf16|avx_ne_convert)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return true
  }
}

import { afterEach, expect, test, vi } from 'vitest'
import { mayHaveBfloat16, usesGpu } from '../../../main/engine/environment.ts'

afterEach(() => vi.unstubAllEnvs())

test('where oneDNN is held back to processors without bfloat16, it is emulated', () => {
  const here = mayHaveBfloat16()
  const heldBack = (isa: string) => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', isa)
    return mayHaveBfloat16()
  }
  if (!usesGpu()) expect(['SSE41', 'AVX2', 'avx512_core', 'AVX512_CORE_VNNI'].some(heldBack)).toBe(false)
  for (const isa of ['AVX512_CORE_BF16', 'AVX512_CORE_AMX', 'avx10_1_512', 'DEFAULT', ''])
    expect(heldBack(isa)).toBe(here)
})

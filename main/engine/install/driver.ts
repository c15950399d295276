import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Variant } from './packages.ts'

export interface VariantChoice {
  readonly variant: Variant
  /** one clause, for people: why this one */
  readonly reason: string
}

const driverFiles = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/dev/dxg']

/** The version of NVIDIA's kernel driver, `unknown` where only its devices are seen, or null without one. */
export async function nvidiaDriverVersion(): Promise<string | null> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '')
  const version = /Kernel Module[^\d]*([\d.]+)/.exec(text)?.[1]
  if (version) return version
  return driverFiles.some((path) => existsSync(path)) ? 'unknown' : null
}

/** CUDA when HOURGLASS_DEVICE=cuda asks for it or a driver is found, else the CPU build. */
export async function chooseVariant(asked = process.env.HOURGLASS_DEVICE): Promise<VariantChoice> {
  if (asked === 'cpu') return { variant: 'cpu', reason: 'HOURGLASS_DEVICE=cpu asks for it' }
  if (asked === 'cuda') return { variant: 'cuda', reason: 'HOURGLASS_DEVICE=cuda asks for it' }
  const driver = await nvidiaDriverVersion()
  return driver
    ? { variant: 'cuda', reason: `NVIDIA driver ${driver} found` }
    : { variant: 'cpu', reason: 'no NVIDIA driver found' }
}

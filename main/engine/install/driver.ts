import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Variant } from './packages.ts'

export interface VariantChoice {
  readonly variant: Variant
  /** one clause, for people: why this one */
  readonly reason: string
}

/** Seen where there is a driver; the last is how Windows lends its driver to Linux (WSL). */
export const driverFiles = [
  '/proc/driver/nvidia/version',
  '/dev/nvidia0',
  '/usr/lib/wsl/lib/libcuda.so.1',
] as const

/** The version of NVIDIA's kernel driver, `unknown` where only its devices are seen, or null without one. */
export async function nvidiaDriverVersion(files: readonly string[] = driverFiles): Promise<string | null> {
  const text = await readFile(files[0] ?? '', 'utf8').catch(() => '')
  const version = /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(text)?.[1]
  if (version) return version
  return files.some((path) => existsSync(path)) ? 'unknown' : null
}

/**
 * CUDA when HOURGLASS_DEVICE=cuda asks for it or a driver is found, else the CPU build.
 * @throws AppError `bad-input` when HOURGLASS_DEVICE holds another word
 */
export async function chooseVariant(
  asked = process.env.HOURGLASS_DEVICE,
  files: readonly string[] = driverFiles,
): Promise<VariantChoice> {
  if (asked === 'cpu') return { variant: 'cpu', reason: 'HOURGLASS_DEVICE=cpu asks for it' }
  if (asked === 'cuda') return { variant: 'cuda', reason: 'HOURGLASS_DEVICE=cuda asks for it' }
  if (asked && asked !== 'auto') {
    throw new AppError('bad-input', `HOURGLASS_DEVICE is '${asked}': expected cuda, cpu or auto.`)
  }
  const driver = await nvidiaDriverVersion(files)
  return driver
    ? { variant: 'cuda', reason: `NVIDIA driver ${driver} found` }
    : { variant: 'cpu', reason: 'no NVIDIA driver found' }
}

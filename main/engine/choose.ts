import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { cacheFolder } from '../platform/folders.ts'
import { canCompile } from './compile/backend.ts'
import { type ComputeMode, computeModes } from './compile/compile.ts'
import { computeEnvironment, usesGpu } from './environment.ts'
import { clocks, type ModeTimes, measureModes, type Workload } from './measure-modes.ts'

const choiceFile = z.object({
  /** what was measured, for people */
  label: z.string(),
  mode: z.enum(computeModes),
  /** best time of one run by mode; those given up early have their first */
  milliseconds: z.partialRecord(z.enum(computeModes), z.number()),
  /** time that passed or, where others kept the processor busy, time of all its threads */
  clock: z.enum(['wall', 'processor']),
})
/** How something is computed here, and the measurement that says so. */
export type Choice = z.infer<typeof choiceFile>

export interface ChooseOptions {
  /** what is measured, for people: `denoiser, inference` */
  readonly label: string
  /** everything the speed depends on besides this machine: architecture, options, shapes */
  readonly key: unknown
  readonly candidates: readonly ComputeMode[]
  readonly prepare: (mode: ComputeMode) => Workload
  readonly signal?: AbortSignal | undefined
}

/** Share of time that a mode must save over the one before it in `computeModes`, which is plainer. */
const worthwhile = 0.03
/** Processes wanting to run, for each processor, above which the time that passes says little. */
const busyLoad = 1.5

/**
 * The fastest way to compute something on this machine: measured once, side by side, and kept in the cache folder.
 * HOURGLASS_COMPUTE names a mode instead. `eager` is always measured and wins unless another saves time.
 * @throws AppError `bad-input` for an unknown HOURGLASS_COMPUTE; `aborted`
 */
export async function chooseCompute(options: ChooseOptions): Promise<Choice> {
  const { label, key, candidates, prepare, signal } = options
  const plain = (mode: ComputeMode): Choice => ({ label, mode, milliseconds: {}, clock: 'wall' })
  if (!canCompile) return plain('eager')
  const asked = askedMode()
  if (asked) return plain(asked)
  const path = join(choicesFolder(), `${environmentDigest()}-${digest([label, key])}.json`)
  const known = await readChoice(path)
  if (known) return known
  const busy = !usesGpu() && loadavg()[0]! > busyLoad * availableParallelism()
  const clock = busy ? ('processor' as const) : ('wall' as const)
  const milliseconds = await measureModes(candidates, prepare, clocks[clock], signal)
  const choice: Choice = { label, mode: fastest(milliseconds), milliseconds, clock }
  await mkdir(choicesFolder(), { recursive: true })
  await writeFileAtomic(path, `${JSON.stringify(choice)}\n`)
  return choice
}

/** What was chosen on this machine so far. */
export async function knownChoices(): Promise<Choice[]> {
  const names = await readdir(choicesFolder()).catch(() => [])
  const own = names.filter((name) => name.startsWith(`${environmentDigest()}-`) && name.endsWith('.json'))
  const choices = await Promise.all(own.sort().map((name) => readChoice(join(choicesFolder(), name))))
  return choices.filter((choice) => choice !== null)
}

/** The mode that HOURGLASS_COMPUTE asks for. */
export function askedMode(): ComputeMode | null {
  const asked = process.env.HOURGLASS_COMPUTE
  if (!asked || asked === 'auto') return null
  const mode = computeModes.find((mode) => mode === asked)
  if (mode) return mode
  throw new AppError(
    'bad-input',
    `HOURGLASS_COMPUTE: expected auto, ${computeModes.join(', ')}, got '${asked}'`,
  )
}

/** The plainest mode that no other beats by enough. */
export function fastest(milliseconds: ModeTimes): ComputeMode {
  let best: ComputeMode = 'eager'
  for (const mode of computeModes) {
    const time = milliseconds[mode] ?? Number.POSITIVE_INFINITY
    if (time < (milliseconds[best] ?? Number.POSITIVE_INFINITY) * (1 - worthwhile)) best = mode
  }
  return best
}

async function readChoice(path: string): Promise<Choice | null> {
  try {
    return choiceFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null // not there, or of another version: measured anew
  }
}

function choicesFolder(): string {
  return join(cacheFolder(), 'compute')
}

function environmentDigest(): string {
  return digest(computeEnvironment())
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

import type { ComputeMode } from './compile/compile.ts'
import { breathe } from './serve.ts'

export interface Workload {
  /** runs it once and waits for the result */
  run(): void
  dispose(): void
}

export type ModeTimes = Partial<Record<ComputeMode, number>>

/** A mode this much slower than the best so far is given up at once ... */
const hopeless = 3
/** ... and one this much slower after three runs: one run alone may have met a hiccup of the machine. */
const slow = 1.5
const tries = 3
const rounds = 5
const roundsMs = 3000

/**
 * Best time of one run in each mode, in the clock's unit; those given up early have their first. Eager is always
 * among them; a mode that TensorFlow cannot compile is not.
 * @throws AppError `aborted`
 */
export async function measureModes(
  candidates: readonly ComputeMode[],
  prepare: (mode: ComputeMode) => Workload,
  now: () => number,
  signal: AbortSignal | undefined,
): Promise<ModeTimes> {
  const milliseconds: ModeTimes = {}
  const running = new Map<ComputeMode, Workload>()
  function giveUpSlow(mode: ComputeMode): void {
    const workload = running.get(mode)!
    const best = Math.min(...Object.values(milliseconds))
    const first = milliseconds[mode] ?? Number.POSITIVE_INFINITY
    const time = repeated(workload, now, first, best)
    if (milliseconds[mode] !== undefined) milliseconds[mode] = time
    if (time <= slow * best) return
    workload.dispose()
    running.delete(mode)
  }
  try {
    for (const mode of new Set<ComputeMode>(['eager', ...candidates])) {
      await breathe()
      signal?.throwIfAborted()
      const workload = prepare(mode)
      running.set(mode, workload)
      try {
        workload.run() // traces and warms up
        milliseconds[mode] = timeOf(workload, now)
      } catch (error) {
        // What TensorFlow cannot compile in this mode is no candidate; eager must work.
        if (mode === 'eager') throw error
      }
      giveUpSlow(mode)
    }
    // Those that came before the best have not been compared with it.
    for (const mode of [...running.keys()]) giveUpSlow(mode)
    const until = performance.now() + roundsMs
    for (let round = 0; round < rounds && performance.now() < until; round++) {
      for (const [mode, workload] of running) {
        await breathe()
        signal?.throwIfAborted()
        milliseconds[mode] = Math.min(milliseconds[mode]!, timeOf(workload, now))
      }
    }
    return milliseconds
  } finally {
    for (const workload of running.values()) workload.dispose()
  }
}

/** The best of a first run and as many more as it takes to be near the best of all, or to be given up. */
function repeated(workload: Workload, now: () => number, first: number, best: number): number {
  let time = first
  for (let n = 1; n < tries && time > slow * best && time < hopeless * best; n++) {
    time = Math.min(time, timeOf(workload, now))
  }
  return time
}

function timeOf(workload: Workload, now: () => number): number {
  const started = now()
  workload.run()
  return now() - started
}

/** Both in milliseconds. */
export const clocks = {
  wall: () => performance.now(),
  processor() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
}

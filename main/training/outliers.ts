import type { RunState } from './checkpoint.ts'
import type { TrainingSettings } from './settings.ts'

type Running = Pick<RunState, 'updates' | 'runningLoss' | 'runningNorm'>
type Limits = Pick<TrainingSettings, 'spikeFactor' | 'gradientSpikeFactor'>

/** Early losses and gradients fall fast and mean little. */
const settledAfter = 200

/**
 * Why a step's update should be left out, or null: its loss or its gradient's norm is not finite, or far above the
 * running mean of the steps before.
 */
export function reasonToSkip(loss: number, norm: number, running: Running, limits: Limits): string | null {
  if (!Number.isFinite(loss)) return `its loss is ${loss}`
  if (!Number.isFinite(norm)) return `its gradient's norm is ${norm}`
  const { updates, runningLoss, runningNorm } = running
  if (updates < settledAfter) return null
  const far = (what: string, value: number, mean: number | null, factor: number) =>
    mean !== null && value > factor * mean
      ? `its ${what} ${value.toPrecision(3)} is far above the running ${mean.toPrecision(3)}`
      : null
  return (
    far('loss', loss, runningLoss, limits.spikeFactor) ??
    far("gradient's norm", norm, runningNorm, limits.gradientSpikeFactor)
  )
}

/** The running means after a step that was taken: each step weighs 2 %. */
export function runningMeans(loss: number, norm: number, { runningLoss, runningNorm }: Running) {
  const moved = (mean: number | null, value: number) => (mean ?? value) * 0.98 + value * 0.02
  return { runningLoss: moved(runningLoss, loss), runningNorm: moved(runningNorm, norm) }
}

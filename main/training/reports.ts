import type { NamedTensors } from '../engine/tensorflow.ts'
import type { Validation } from './task.ts'

/** What the training loop says while it runs. */
export interface LoopEvents {
  /** after each step; `skipped` says why its update was left out */
  onStep(report: StepReport): void
  onValidation(report: ValidationReport): Promise<void>
  /** before a checkpoint is written: what was reported so far should outlive a kill */
  onSave(): void
  /** one sentence for people */
  onNote(text: string): void
}

export interface StepReport {
  readonly step: number
  readonly totalSteps: number | null
  readonly loss: number
  /** before clipping */
  readonly gradientNorm: number
  readonly rateFactor: number
  readonly elapsedMs: number
  /** 0 to 1 */
  readonly fraction: number
  readonly skipped: string | null
}

export interface ValidationReport extends Validation {
  readonly step: number
  /** mean since the last validation */
  readonly trainingLoss: number
  readonly improved: boolean
  /** the averaged weights that were judged; valid during the call */
  readonly average: NamedTensors
}

import type { StepReport } from './reports.ts'
import type { TrainProgress } from './run.ts'

const reportEveryMs = 250

/** Gathers steps into a few messages a second. */
export function stepReporter(samplesPerStep: number, progress: (report: TrainProgress) => void) {
  let losses: (readonly [step: number, loss: number])[] = []
  let latest: StepReport | null = null
  let sentAt = performance.now()
  function flush(): void {
    if (!latest || losses.length === 0) return
    const seconds = (performance.now() - sentAt) / 1000
    progress({ kind: 'steps', losses, latest, samplesPerSecond: (losses.length * samplesPerStep) / seconds })
    losses = []
    sentAt = performance.now()
  }
  return {
    add(report: StepReport) {
      latest = report
      losses.push([report.step, report.loss])
      if (performance.now() - sentAt > reportEveryMs) flush()
    },
    flush,
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCore } from '../../main/core/core.ts'
import { planRun } from '../../main/core/plan-run.ts'
import { startRun } from '../../main/core/train.ts'
import { projectRoot } from '../../main/platform/folders.ts'
import type { StepReport } from '../../main/training/reports.ts'
import { writeIdxFixture } from './idx-fixture.ts'

export interface TrainingBench {
  readonly model: string
  readonly batch: number
  readonly samplesPerSecond: number
}

/** Training steps of each model with its defaults, after a warm-up of some steps; validations not counted. */
export async function benchTraining(): Promise<TrainingBench[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  const core = await openCore({ data: join(folder, 'data') })
  try {
    const digits = join(folder, 'digits-idx3-ubyte')
    await writeIdxFixture(digits, 10_000)
    const samples = join(projectRoot, 'assets', 'samples')
    const rows: TrainingBench[] = []
    for (const [architecture, images, steps, warmup] of [
      ['dense', digits, 600, 100],
      ['denoiser', samples, 24, 8],
    ] as const) {
      const request = await planRun({
        ...{ architecture, images: [images], length: { steps }, parent: null, id: `bench-${architecture}` },
        ...{ given: { validateEvery: steps }, licenceNote: 'none kept' },
      })
      const reports: StepReport[] = []
      await startRun(core, request, {
        onProgress: (report) => {
          if (report.kind === 'steps') reports.push(report.latest)
        },
      })
      const first = reports.find(({ step }) => step >= warmup)
      const last = reports.at(-1)
      if (!first || !last) throw new Error(`the ${architecture} reported no steps`)
      const { batch } = request.config.settings
      const seconds = (last.elapsedMs - first.elapsedMs) / 1000
      rows.push({
        model: architecture,
        batch,
        samplesPerSecond: ((last.step - first.step) * batch) / seconds,
      })
    }
    return rows
  } finally {
    await core.close()
    await rm(folder, { recursive: true, force: true })
  }
}

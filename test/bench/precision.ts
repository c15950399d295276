import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCore } from '../../main/core/core.ts'
import { planRun } from '../../main/core/plan-run.ts'
import { startRun } from '../../main/core/train.ts'
import { projectRoot } from '../../main/platform/folders.ts'

export interface PrecisionBench {
  readonly computed: 'float32' | 'bfloat16'
  readonly validationLoss: number
  readonly psnr_dB: readonly number[]
  readonly stepsPerSecond: number
}

const steps = 2000
/** Small, so that both runs together take minutes; all else is the default. */
const given = { batch: 8, crop: 64, validateEvery: steps, seed: 1 }

/**
 * The denoiser trained from its start in float32 and in bfloat16, with the same seed and so the same crops and noise.
 * Both are judged in float32.
 */
export async function benchPrecision(photos?: string): Promise<PrecisionBench[]> {
  const rows: PrecisionBench[] = []
  const asked = process.env.HOURGLASS_COMPUTE
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  try {
    for (const computed of ['float32', 'bfloat16'] as const) {
      process.env.HOURGLASS_COMPUTE = computed
      rows.push(await train(computed, folder, photos ?? join(projectRoot, 'assets', 'samples')))
    }
    return rows
  } finally {
    if (asked === undefined) delete process.env.HOURGLASS_COMPUTE
    else process.env.HOURGLASS_COMPUTE = asked
    await rm(folder, { recursive: true, force: true })
  }
}

async function train(computed: 'float32' | 'bfloat16', folder: string, photos: string) {
  const core = await openCore({ data: join(folder, computed) })
  try {
    const request = await planRun({
      ...{ architecture: 'denoiser', images: [photos], length: { steps }, parent: null, given },
      ...{ id: `bench-${computed}`, licenceNote: 'none kept' },
    })
    const { run, output } = await startRun(core, request)
    const last = core.catalog.runs.metrics.last(run.id)
    const figure = (name: string) => last.find((metric) => metric.name === name)?.value ?? Number.NaN
    return {
      computed,
      validationLoss: figure('loss/validation'),
      psnr_dB: [15, 25, 50].map((sigma) => figure(`psnr${sigma}_dB`)),
      stepsPerSecond: (steps / (output?.elapsedMs ?? Number.NaN)) * 1000,
    }
  } finally {
    await core.close()
  }
}

import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { type CompressInput, compressWork } from '../../core/jobs/compress-job.ts'
import { decompressWork } from '../../core/jobs/decompress-job.ts'
import { type DenoiseInput, denoiseWork } from '../../core/jobs/denoise-job.ts'
import { noiseWork } from '../../core/jobs/noise-job.ts'
import { continuePictureBatch } from '../../core/jobs/picture-batch.ts'
import { type RestoreInput, restoreWork } from '../../core/jobs/restore-job.ts'
import { type Context, coreAction } from '../context.ts'
import { table } from '../output.ts'
import { batchProgress, reportBatch } from './batch-options.ts'
import { reportCompressed } from './compress.ts'
import { reportDecompressed } from './decompress.ts'
import { workOn } from './sweep.ts'

export function addJobs(program: Command): void {
  const jobs = program.command('jobs').description('batches: what is under way, done, or waits to go on')
  const withId = (run: (context: Context, id: number) => Promise<void> | void) =>
    coreAction((context, id) => run(context, jobId(id)))
  jobs.command('list', { isDefault: true }).description('the latest first').action(coreAction(list))
  jobs.command('show <id>').description("one job's pictures").action(withId(show))
  jobs
    .command('resume <id>')
    .description('go on with a batch that was stopped; failed pictures are tried again')
    .action(withId(resume))
  jobs.command('cancel <id>').description('stop a batch, wherever it runs').action(withId(cancel))
  jobs.command('remove <id>').description('forget a batch; its results stay').action(withId(remove))
  jobs.addHelpText(
    'after',
    `
Examples:
  hourglass jobs
  hourglass jobs show 12
  hourglass jobs resume 12`,
  )
}

function jobId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new AppError('bad-input', `a job is named by its number (see: hourglass jobs), got '${text}'`)
}

function list({ core, out }: Context): void {
  const jobs = core.catalog.jobs.list()
  out.result({ jobs: jobs.map(({ input, ...job }) => job) })
  const rows = jobs.map(({ id, kind, status, done, total, createdAtMs, error }) => [
    ...[id, kind, status, `${done}/${total}`, new Date(createdAtMs).toISOString().slice(0, 19)],
    error?.message ?? '',
  ])
  out.text(
    jobs.length === 0
      ? 'No jobs yet'
      : table(['job', 'kind', 'status', 'pictures', 'created', 'error'], rows),
  )
}

function show({ core, out }: Context, id: number): void {
  const job = core.catalog.jobs.get(id)
  const items = core.catalog.jobs.items.list(id)
  out.result({ job, items })
  out.text(`job ${id}: ${job.kind}, ${job.status}`)
  out.text(
    table(
      ['picture', 'status', 'result'],
      items.map((item) => [item.input, item.status, item.output ?? item.error?.message ?? '']),
    ),
  )
}

async function resume({ core, out, signal }: Context, id: number): Promise<void> {
  const started = performance.now()
  const job = core.catalog.jobs.requeue(id)
  const run = { signal, onProgress: batchProgress(out) }
  if (job.kind === 'denoise') {
    const { model } = job.input as unknown as DenoiseInput
    reportBatch(out, await continuePictureBatch(core, job, denoiseWork(core, model), run), started)
  } else if (job.kind === 'restore') {
    const { method } = job.input as unknown as RestoreInput
    reportBatch(out, await continuePictureBatch(core, job, restoreWork(core, method), run), started)
  } else if (job.kind === 'noise') {
    reportBatch(out, await continuePictureBatch(core, job, noiseWork(core), run), started)
  } else if (job.kind === 'compress') {
    const { model } = job.input as unknown as CompressInput
    reportCompressed(out, await continuePictureBatch(core, job, compressWork(core, model), run), started)
  } else if (job.kind === 'decompress') {
    reportDecompressed(out, await continuePictureBatch(core, job, decompressWork(core), run), started)
  } else if (job.kind === 'sweep') {
    await workOn({ core, out, signal }, job)
  } else {
    throw new AppError(
      'unsupported',
      `job ${id} is of kind '${job.kind}', which this version cannot go on with`,
    )
  }
}

function cancel({ core, out }: Context, id: number): void {
  const { status } = core.catalog.jobs.wish(id, 'cancel')
  out.result({ id, status })
  out.text(status === 'running' ? `Job ${id} was asked to stop` : `Job ${id}: ${status}`)
}

function remove({ core, out }: Context, id: number): void {
  if (!core.catalog.jobs.remove(id)) throw new AppError('not-found', `the catalog has no job ${id}`)
  out.result({ id, removed: true })
  out.text(`Job ${id} removed`)
}

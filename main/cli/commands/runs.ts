import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { type Context, coreAction } from '../context.ts'
import { duration, table } from '../output.ts'

export function addRuns(program: Command): void {
  const runs = program.command('runs').description('training runs and what they reached')
  runs.command('list', { isDefault: true }).description('the latest first').action(coreAction(list))
  runs.command('show <run>').description("one run's settings and curves").action(coreAction(show))
  runs.addHelpText(
    'after',
    `
Example:
  hourglass runs show my-denoiser
The folder that it names holds TensorBoard's event files: tensorboard --logdir FOLDER`,
  )
}

function list({ core, out }: Context): void {
  const runs = core.catalog.runs.list()
  out.result({ runs: runs.map(({ config, ...run }) => run) })
  const rows = runs.map(({ id, status, bestStep, bestValidation, startedAtMs, endedAtMs }) => [
    ...[id, status, bestStep ?? '-', bestValidation?.toPrecision(5) ?? '-'],
    endedAtMs ? duration(endedAtMs - startedAtMs) : '-',
  ])
  out.text(
    runs.length === 0
      ? 'No runs yet: see hourglass train --help'
      : table(['run', 'status', 'best step', 'validation', 'took'], rows),
  )
}

function show({ core, out }: Context, id: string): void {
  const run = core.catalog.runs.byId(id)
  if (!run) throw new AppError('not-found', `no run '${id}'; see: hourglass runs`)
  const { metrics } = core.catalog.runs
  const names = metrics.last(id).map(({ name }) => name)
  out.result({ run, curves: Object.fromEntries(names.map((name) => [name, metrics.series(id, name)])) })
  const { config } = run.config as unknown as { config: Record<string, unknown> }
  const { task, ...rest } = config as { task: { kind: string; data: unknown } }
  out.text(`${run.id}: ${run.status}${run.error ? ` (${run.error})` : ''}\nfolder ${run.folder}`)
  out.text(JSON.stringify({ ...rest, task: { kind: task.kind, data: task.data } }, null, 1))
  const validations = names.filter((name) => name !== 'loss/training')
  const steps = metrics.series(id, 'loss/validation').map(({ step }) => step)
  const columns = validations.map(
    (name) => new Map(metrics.series(id, name).map(({ step, value }) => [step, value])),
  )
  const rows = steps.map((step) => [
    step,
    ...columns.map((column) => column.get(step)?.toPrecision(5) ?? '-'),
  ])
  out.text(table(['step', ...validations], rows))
}

import type { Command } from 'commander'
import { exportModel, findModel, importModel, removeModel } from '../../core/model-library.ts'
import { type Context, coreAction } from '../context.ts'
import { table } from '../output.ts'

export function addModels(program: Command): void {
  const models = program.command('models').description('the models this machine has')
  models.command('list', { isDefault: true }).description('all of them').action(coreAction(list))
  models.command('show <id>').description("one model's card").action(coreAction(show))
  models
    .command('import <folder>')
    .description('copy a model folder, or a .zip of one, in, checked')
    .action(coreAction(importOne))
  models
    .command('export <id> <folder>')
    .description('copy a model to a folder, to pass on')
    .action(coreAction(exportOne))
  models.command('remove <id>').description('remove a model of your own').action(coreAction(remove))
  models.addHelpText(
    'after',
    `
Examples:
  hourglass models show denoiser
  hourglass models export my-denoiser ~/Desktop
  hourglass models import ~/Downloads/my-denoiser`,
  )
}

function list({ core, out }: Context): void {
  const models = core.catalog.models.list()
  out.result({ models: models.map(({ card, ...model }) => model) })
  const rows = models.map(({ id, task, architecture, sha256, isBundled, parentId }) => [
    ...[id, task, architecture, sha256.slice(0, 12)],
    isBundled ? 'bundled' : parentId ? `own, from ${parentId}` : 'own',
  ])
  out.text(table(['model', 'task', 'architecture', 'hash', 'origin'], rows))
}

function show({ core, out }: Context, id: string): void {
  const { card, folder } = findModel(core.catalog, id)
  out.result({ folder, card })
  out.text(`${folder}\n${JSON.stringify(card, null, 2)}`)
}

async function importOne({ core, out }: Context, folder: string): Promise<void> {
  const { id, sha256 } = await importModel(core, folder)
  out.result({ id, sha256 })
  out.text(`Model '${id}' is there (${sha256.slice(0, 12)})`)
}

async function exportOne({ core, out }: Context, id: string, target: string): Promise<void> {
  const folder = await exportModel(core.catalog, id, target)
  out.result({ id, folder })
  out.text(`Model '${id}' copied to ${folder}`)
}

async function remove({ core, out }: Context, id: string): Promise<void> {
  await removeModel(core.catalog, id)
  out.result({ id, removed: true })
  out.text(`Model '${id}' removed`)
}

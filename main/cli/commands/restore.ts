import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { resolveParameters } from '../../../shared/noise/model.ts'
import { noiseModels } from '../../../shared/noise/models.ts'
import { runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { restoreWork } from '../../core/jobs/restore-job.ts'
import type { MissingSource } from '../../core/restore/missing.ts'
import { withCore } from '../context.ts'
import { parseAssignments } from '../output.ts'
import {
  addBatchOptions,
  type BatchOptions,
  batchInput,
  batchProgress,
  findPictures,
  reportBatch,
  whole,
} from './batch-options.ts'

interface RestoreOptions extends BatchOptions {
  method: string
  mask?: string
  missing?: readonly [number, number, number]
  damage?: string
  set: string[]
  seed: number
}

export function addRestore(program: Command): void {
  const damages = [...noiseModels.values()].filter((model) => model.missing).map(({ id }) => id)
  const command = program
    .command('restore <paths...>')
    .description('fill lost regions, scratches, lines and blocks of photos; what is not lost stays as it is')
    .option('--method <id>', 'a model for restoring, biharmonic, or smooth', 'restorer')
    .option('--mask <file>', 'a picture of the same size, bright where pixels are lost')
    .option('--missing <colour>', 'pixels of exactly this colour are lost: black, white or #rrggbb', colour)
    .option('--damage <id>', `damage sound photos first, to try it: ${damages.join(', ')}`)
    .option(
      '--set <name=value>',
      'a parameter of the damage; may be repeated',
      (pair: string, all: string[]) => [...all, pair],
      [],
    )
    .option('--seed <n>', 'of the damage', whole(0, 2 ** 52), 0)
  addBatchOptions(command, 'restored', '{folder}/{name}-{model}{ext}')
    .addHelpText(
      'after',
      `
Examples:
  hourglass restore scan.png --mask stains.png
  hourglass restore scan.png --missing '#ff00ff' --method biharmonic
  hourglass restore lake.jpg --damage scratches --set thickness=5 --seed 7 --format png`,
    )
    .action((paths: string[], _, self: Command) => restore(paths, self.optsWithGlobals<RestoreOptions>()))
}

function colour(text: string): [number, number, number] {
  const hex = { black: '#000000', white: '#ffffff' }[text] ?? text
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (!found) throw new InvalidArgumentError('expected black, white or #rrggbb')
  return [found[1]!, found[2]!, found[3]!].map((part) => Number.parseInt(part, 16)) as [
    number,
    number,
    number,
  ]
}

async function restore(paths: string[], options: RestoreOptions): Promise<void> {
  const started = performance.now()
  await withCore(options, async ({ core, out, signal }) => {
    const missing = missingSource(options)
    const work = restoreWork(core, options.method)
    const pictures = await findPictures(paths, options.recursive ?? false, options)
    const input = { ...batchInput('restore', options), method: options.method, missing }
    const run = { signal, onProgress: batchProgress(out) }
    const report = await runPictureBatch(core, 'restore', input, pictures, work, run)
    for (const { facts, output } of report.items) {
      if (!facts) continue
      const { lostPercent, lostPsnr_dB: psnr, warning } = facts
      const quality = psnr === undefined ? '' : `  ${Number(psnr).toFixed(2)} dB there`
      out.text(
        `${output}  ${Number(lostPercent).toFixed(1)} % was lost${quality}${warning ? `  ${warning}` : ''}`,
      )
    }
    reportBatch(out, report, started)
  })
}

function missingSource({ mask, missing, damage, set, seed }: RestoreOptions): MissingSource {
  const given = [mask, missing, damage].filter((value) => value !== undefined)
  if (given.length !== 1) {
    throw new AppError('bad-input', 'restore needs one of --mask FILE, --missing COLOUR and --damage KIND')
  }
  if (mask !== undefined) return { kind: 'mask', path: resolve(mask) }
  if (missing !== undefined) return { kind: 'colour', rgb: missing }
  const model = noiseModels.get(damage!)
  if (!model?.missing)
    throw new AppError('bad-input', `--damage: '${damage}' loses no pixels; see hourglass restore --help`)
  const parameters = parseAssignments(set) as Record<string, number | string>
  resolveParameters(model.id, model.parameters, parameters)
  return { kind: 'damage', model: model.id, parameters, seed }
}

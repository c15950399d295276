import type { Command } from 'commander'
import { importImages } from '../../core/import.ts'
import { type GlobalOptions, withCore } from '../context.ts'

interface ImportCommandOptions extends GlobalOptions {
  recursive?: boolean
  dataset?: string
}

export function addImport(program: Command): void {
  program
    .command('import <paths...>')
    .description('make photos known to the catalog: files, folders, globs')
    .option('-r, --recursive', 'go into folders below folders')
    .option('--dataset <name>', 'also put them into this collection')
    .addHelpText(
      'after',
      `
Examples:
  hourglass import ~/Pictures --recursive
  hourglass import 'scans/*.tif' --dataset scans`,
    )
    .action((paths: string[], _, self: Command) => run(paths, self.optsWithGlobals<ImportCommandOptions>()))
}

async function run(paths: string[], options: ImportCommandOptions): Promise<void> {
  await withCore(options, async ({ core, out, signal }) => {
    const { recursive = false, dataset } = options
    const onProgress = (done: number, total: number, path: string) =>
      out.status(`${done} of ${total}  ${path}`)
    const { counts, failed } = await importImages(core, paths, { recursive, dataset, signal, onProgress })
    out.done()
    for (const { error } of failed) console.error(`hourglass: ${error.message}`)
    out.result({
      ...counts,
      failed: failed.map(({ path, error }) => ({ path, code: error.code, message: error.message })),
    })
    const { added, known, duplicate, changed } = counts
    out.text(
      `${added} added, ${known} known, ${duplicate} duplicates, ${changed} changed, ${failed.length} failed`,
    )
    if (failed.length > 0) process.exitCode = 1
  })
}

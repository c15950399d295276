import type { Command } from 'commander'
import { toAppError } from '../../../shared/errors.ts'
import { type Verified, verifyFile } from '../../core/verify.ts'
import { findImages } from '../../imaging/find.ts'
import { hgiExtension } from '../../imaging/formats.ts'
import { type GlobalOptions, withCore } from '../context.ts'
import { batchProgress } from './batch-options.ts'

interface VerifyOptions extends GlobalOptions {
  recursive?: boolean
  quick?: boolean
}

export function addVerify(program: Command): void {
  program
    .command('verify <paths...>')
    .description('check .hgi files for damage, and name the tiles that have any')
    .option('-r, --recursive', 'go into folders below folders')
    .option('--quick', "check the bytes' checksums only: needs no model, and does not decode")
    .addHelpText(
      'after',
      `
Without --quick each tile is decoded, too, where the file's model is here, and its symbols compared with their checksum.
Examples:
  hourglass verify photo.hgi
  hourglass verify ~/Small --recursive --quick
Exit codes: 0 all whole, 1 some damaged or not read, 2 wrong use, 3 nothing found, 130 stopped.`,
    )
    .action((paths: string[], _, self: Command) => verify(paths, self.optsWithGlobals<VerifyOptions>()))
}

async function verify(paths: string[], options: VerifyOptions): Promise<void> {
  await withCore(options, async ({ core, out, signal }) => {
    const { recursive = false, quick: isQuick = false } = options
    const files = await findImages(paths, { recursive, extensions: [hgiExtension] })
    const progress = batchProgress(out)
    const results: (Verified | { path: string; error: { code: string; message: string } })[] = []
    for (const [index, { path }] of files.entries()) {
      const onProgress = (fraction: number) => progress(index + fraction, files.length, path)
      try {
        results.push(await verifyFile(core, path, { isQuick, signal, onProgress }))
      } catch (error) {
        const { code, message } = toAppError(error)
        if (code === 'aborted' || signal.aborted) throw error
        results.push({ path, error: { code, message } })
      }
    }
    out.done()
    for (const result of results) {
      if ('error' in result) {
        console.error(`hourglass: ${result.error.message}`)
        continue
      }
      const { path, damage, unchecked } = result
      for (const words of damage) console.error(`hourglass: ${path} is damaged: ${words}`)
      if (damage.length === 0) out.text(`${path}  whole${unchecked ? ` (${unchecked})` : ''}`)
    }
    const bad = results.filter((result) => 'error' in result || result.damage.length > 0).length
    out.result({ files: results, whole: results.length - bad, damaged: bad })
    if (results.length > 1) out.text(`${results.length - bad} of ${results.length} files are whole`)
    if (bad > 0) process.exitCode = 1
  })
}

import { type Command, InvalidArgumentError } from 'commander'
import { decompressWork } from '../../core/jobs/decompress-job.ts'
import { type BatchReport, runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { hgiExtension } from '../../imaging/formats.ts'
import type { Rect } from '../../imaging/tiles.ts'
import { withCore } from '../context.ts'
import type { Output } from '../output.ts'
import {
  addBatchOptions,
  type BatchOptions,
  batchInput,
  batchProgress,
  findPictures,
  reportBatch,
  whole,
} from './batch-options.ts'

interface DecompressOptions extends BatchOptions {
  region?: Rect
  thumbnail?: number
}

export function addDecompress(program: Command): void {
  const command = program
    .command('decompress <paths...>')
    .description('turn .hgi files back into pictures: files, folders, globs')
    .option('--region <x,y,width,height>', 'only this part, in pixels', region)
    .option('--thumbnail <n>', 'a small version: its longer side in pixels', whole(1, 65535))
  addBatchOptions(command, 'decompressed', '{folder}/{name}{ext}')
    .addHelpText(
      'after',
      `
--format same, the default, is PNG of the picture's own depth, 8 or 16 bits. The model that a file was made with must be
on this machine ('hourglass models'). A tile that is damaged becomes a grey checker and is named; the rest is decoded.
Examples:
  hourglass decompress photo.hgi
  hourglass decompress ~/Small --recursive --output ~/Pictures --format jpeg --quality 92
  hourglass decompress map.hgi --region 4096,2048,1024,1024
  hourglass decompress ~/Small --thumbnail 256 --format webp
Exit codes: 0 all done, 1 some failed or damaged, 2 wrong use, 3 nothing found, 4 set-up, 5 engine, 130 stopped.`,
    )
    .action((paths: string[], _, self: Command) =>
      decompress(paths, self.optsWithGlobals<DecompressOptions>()),
    )
}

function region(text: string): Rect {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [x, y, width, height] = numbers
  if (numbers.length !== 4 || !numbers.every((value) => Number.isInteger(value) && value >= 0)) {
    throw new InvalidArgumentError('expected four whole numbers: x,y,width,height')
  }
  return { x: x!, y: y!, width: width!, height: height! }
}

async function decompress(paths: string[], options: DecompressOptions): Promise<void> {
  const started = performance.now()
  await withCore(options, async ({ core, out, signal }) => {
    const { region = null, thumbnail: longestSide = null, recursive = false, output } = options
    const files = await findPictures(paths, recursive, { output, extensions: [hgiExtension] })
    const input = { ...batchInput('decompress', options), region, longestSide }
    const run = { signal, onProgress: batchProgress(out) }
    const report = await runPictureBatch(core, 'decompress', input, files, decompressWork(core), run)
    reportDecompressed(out, report, started)
  })
}

/** A line for each picture, its damage, and the batch's summary; exit code 1 where any tile was damaged. */
export function reportDecompressed(out: Output, report: BatchReport, startedMs: number): void {
  out.done()
  let isDamaged = false
  for (const { facts, output, input } of report.items) {
    if (!facts) continue
    const { width, height, seconds, warning, damage } = facts
    out.text(
      `${output}  ${width} x ${height}  ${Number(seconds).toFixed(2)} s${warning ? `  ${warning}` : ''}`,
    )
    if (!damage) continue
    isDamaged = true
    console.error(`hourglass: ${input} is damaged: ${damage}; the rest was decoded`)
  }
  reportBatch(out, report, startedMs)
  if (isDamaged) process.exitCode ??= 1
}

import { type Command, InvalidArgumentError, Option } from 'commander'
import { byteSize } from '../../../shared/byte-size.ts'
import { AppError } from '../../../shared/errors.ts'
import type { CompressTarget } from '../../core/codec/seek-level.ts'
import type { Effort } from '../../core/engine-tasks.ts'
import { compressWork } from '../../core/jobs/compress-job.ts'
import { type BatchReport, type PictureFacts, runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { withCore } from '../context.ts'
import type { Output } from '../output.ts'
import {
  addOutputOptions,
  type BatchOptions,
  batchInput,
  batchProgress,
  findPictures,
  reportBatch,
  whole,
  within,
} from './batch-options.ts'

interface CompressOptions extends Omit<BatchOptions, 'format'> {
  model: string
  bpp?: number
  size?: number
  psnr?: number
  effort: Effort
}

const usualQuality = 60

export function addCompress(program: Command): void {
  const command = program
    .command('compress <paths...>')
    .description('compress photos into small .hgi files: files, folders, globs')
    .option('--model <id>', 'which model', 'codec')
    .option('--quality <n>', `1 to 100, also in fractions (default: ${usualQuality})`, within(1, 100))
    .option('--bpp <n>', 'at most so many bits of the file for each pixel', positive)
    .option('--size <bytes>', 'files of at most this size: 300000, 300kB, 1.5MB', byteCount)
    .option('--psnr <dB>', 'at least so near to the original', positive)
    .addOption(
      new Option(
        '--effort <n>',
        '0 fast, 1 smaller files, 2 the best of several codings, slow; all decode alike',
      )
        .argParser(whole(0, 2))
        .default(1),
    )
  addOutputOptions(command, 'compressed', '{folder}/{name}{ext}')
    .addHelpText(
      'after',
      `
One of --quality, --bpp, --size and --psnr says how. A file that would be larger than its original is left out and
said so. 'hourglass decompress' gives the pictures back.
Examples:
  hourglass compress IMG_0042.jpg
  hourglass compress ~/Pictures --recursive --output ~/Small --skip-existing --quality 75
  hourglass compress 'scans/*.tif' --psnr 40 --effort 2
  hourglass compress lake.png --size 100kB --output-template '{name}-q{quality}{ext}'
Exit codes: 0 all done, 1 some failed, 2 wrong use, 3 nothing found, 4 set-up, 5 engine, 130 stopped.`,
    )
    .action((paths: string[], _, self: Command) => compress(paths, self.optsWithGlobals<CompressOptions>()))
}

function positive(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('expected a number above 0')
}

const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, kib: 2 ** 10, mib: 2 ** 20 }

/** 300000, 300kB, 1.5 MB, 64KiB */
function byteCount(text: string): number {
  const [, count, name] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const unit = units[name?.toLowerCase() ?? 'none']
  const bytes = unit === undefined ? 0 : Math.floor(Number(count) * unit)
  if (bytes > 0) return bytes
  throw new InvalidArgumentError('expected bytes, with B, kB, MB, KiB or MiB after them or nothing')
}

function targetOf(options: CompressOptions): CompressTarget {
  const kinds = ['quality', 'bpp', 'size', 'psnr'] as const
  const given = kinds.flatMap((kind) => {
    const value = options[kind]
    return value === undefined ? [] : [{ kind, value }]
  })
  if (given.length > 1) {
    const names = given.map(({ kind }) => `--${kind}`).join(' and ')
    throw new AppError('bad-input', `one target at a time, received ${names}`)
  }
  return given[0] ?? { kind: 'quality', value: usualQuality }
}

async function compress(paths: string[], options: CompressOptions): Promise<void> {
  const started = performance.now()
  const target = targetOf(options)
  await withCore(options, async ({ core, out, signal }) => {
    const { model, effort, recursive = false } = options
    const work = compressWork(core, model)
    const pictures = await findPictures(paths, recursive, options)
    const { quality: _, ...shared } = batchInput('compress', { ...options, format: 'same' })
    const input = { ...shared, model, target, effort }
    const run = { signal, onProgress: batchProgress(out) }
    reportCompressed(out, await runPictureBatch(core, 'compress', input, pictures, work, run), started)
  })
}

/** A line for each file, what was saved in all, and the batch's summary. */
export function reportCompressed(out: Output, report: BatchReport, startedMs: number): void {
  out.done()
  const saved = { files: 0, before: 0, after: 0 }
  for (const { facts, output, input } of report.items) {
    if (!facts) continue
    out.text(output ? `${output}  ${compressedLine(facts)}` : `${input}  ${facts.left}`)
    if (!output) continue
    saved.files++
    saved.before += Number(facts.originalBytes)
    saved.after += Number(facts.bytes)
  }
  if (saved.files > 1) {
    const share = percent(1 - saved.after / saved.before)
    out.text(`${byteSize(saved.before)} became ${byteSize(saved.after)}: ${share} saved`)
  }
  reportBatch(out, report, startedMs)
}

function compressedLine(facts: PictureFacts): string {
  const number = (name: string, digits: number) => Number(facts[name]).toFixed(digits)
  const original = `${String(facts.originalFormat).toUpperCase()}'s ${byteSize(Number(facts.originalBytes))}`
  return [
    byteSize(Number(facts.bytes)),
    `${number('bitsPerPixel', 3)} bpp`,
    `quality ${number('quality', 1)}`,
    `${number('psnr_dB', 2)} dB against the original`,
    `${percent(Number(facts.savedShare))} of the ${original} saved`,
    ...(facts.note ? [facts.note] : []),
  ].join('  ')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

import { resolve, sep } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type PassCount, passCounts } from '../../../shared/contract/denoise.ts'
import { type NamedKind, sampleNaming } from '../../core/jobs/naming.ts'
import type { BatchInput, BatchReport } from '../../core/jobs/picture-batch.ts'
import { findImages } from '../../imaging/find.ts'
import type { OutputFormat } from '../../imaging/formats.ts'
import { outputPath } from '../../imaging/output-path.ts'
import type { GlobalOptions } from '../context.ts'
import { duration, type Output } from '../output.ts'

export interface BatchOptions extends GlobalOptions {
  output: string
  outputTemplate: string
  format: OutputFormat | 'same'
  quality?: number
  metadata: 'all' | 'without-place' | 'none'
  recursive?: boolean
  skipExisting?: boolean
  overwrite?: boolean
  jobs: number
}

/** The options that every command with pictures in and pictures out has. */
export function addBatchOptions(command: Command, folder: string, template: string): Command {
  const formats = ['same', 'png', 'png16', 'tiff16', 'jpeg', 'webp', 'avif']
  return addOutputOptions(command, folder, template)
    .addOption(
      new Option(
        '--format <format>',
        "format of the results; same: the original's, but PNG of 16 bits for RAW and deeper HEIC, JPEG for other HEIC",
      )
        .choices(formats)
        .default('same'),
    )
    .option('--quality <n>', 'of JPEG, WebP and AVIF, 1 to 100', within(1, 100))
}

/** Those that do not ask for a format. */
export function addOutputOptions(command: Command, folder: string, template: string): Command {
  return command
    .option('-o, --output <folder>', 'where results go; originals are never touched', folder)
    .option(
      '--output-template <template>',
      'name of each result: {folder} {name} {ext} {model} {sigma} {quality} {date} {index} {format} {width} {height}',
      template,
    )
    .addOption(
      new Option('--metadata <which>', 'what goes along of EXIF and XMP')
        .choices(['all', 'without-place', 'none'])
        .default('all'),
    )
    .option('-r, --recursive', 'go into folders below folders')
    .option('--skip-existing', 'leave alone what is there already')
    .option('--overwrite', 'replace results that exist')
    .option('-j, --jobs <n>', 'pictures in work at a time', within(1, 64), 1)
}

export function within(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!(text.trim() !== '' && value >= low && value <= high)) {
      throw new InvalidArgumentError(`expected a number from ${low} to ${high}`)
    }
    return value
  }
}

/** A whole number in a range, for an option. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = within(low, high)(text)
    if (!Number.isInteger(value))
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}`)
    return value
  }
}

/**
 * The pictures named. Results of earlier runs below the named folders are left out, unless their folder is itself
 * what was named.
 */
export async function findPictures(
  paths: string[],
  recursive: boolean,
  { output, extensions }: { output: string; extensions?: readonly string[] },
) {
  const results = resolve(output) + sep
  const pictures = await findImages(paths, { recursive, ...(extensions ? { extensions } : {}) })
  if (paths.some((path) => (resolve(path) + sep).startsWith(results))) return pictures
  return pictures.filter(({ path }) => !path.startsWith(results))
}

/** @throws AppError `bad-input` for a naming template that no picture could use */
export function batchInput(kind: NamedKind, options: BatchOptions): BatchInput {
  const naming = { relativePath: 'folder/name.png', ext: '.png', ...sampleNaming(kind) }
  outputPath(resolve(options.output), options.outputTemplate, naming)
  return {
    output: resolve(options.output),
    template: options.outputTemplate,
    format: options.format,
    ...(options.quality === undefined ? {} : { quality: options.quality }),
    metadata: options.metadata,
    skipExisting: options.skipExisting ?? false,
    overwrite: options.overwrite ?? false,
    concurrency: options.jobs,
    relativePaths: {},
  }
}

/** A status line with time left, from when it is called. */
export function batchProgress(out: Output): (done: number, total: number, path: string) => void {
  const started = performance.now()
  return (done, total, path) => {
    const left = done > 0 ? `, ${duration(((performance.now() - started) / done) * (total - done))} left` : ''
    out.status(`${done.toFixed(total < 10 ? 1 : 0)} of ${total}${left}  ${path}`)
  }
}

/** Failures, each with its reason, and a summary; sets the exit code: 1 where any failed, 130 where it was stopped. */
export function reportBatch(out: Output, { job, items }: BatchReport, startedMs: number): void {
  out.done()
  for (const { status, input, error } of items) {
    if (status === 'failed') console.error(`hourglass: ${error?.message ?? input}`)
  }
  const count = (status: string) => items.filter((item) => item.status === status).length
  const counts = {
    done: count('done'),
    skipped: count('skipped'),
    failed: count('failed'),
    left: count('waiting'),
  }
  const seconds = (performance.now() - startedMs) / 1000
  out.result({ job: job.id, status: job.status, ...counts, seconds, items })
  const parts = Object.entries(counts).filter(([name, n]) => n > 0 || name === 'done')
  out.text(`${parts.map(([name, n]) => `${n} ${name}`).join(', ')} in ${duration(seconds * 1000)}`)
  if (job.status === 'interrupted') {
    out.text(`Stopped. Go on with: hourglass jobs resume ${job.id}`)
    process.exitCode = 130
  } else if (job.status !== 'done' || counts.failed > 0) {
    process.exitCode = 1
  }
}

/** How often a picture is denoised, turned and mirrored, and averaged. */
export function passesOption(): Option {
  const text = 'denoise so often, turned and mirrored each time, and average: 1, 2, 4 or 8'
  return new Option('--passes <n>', text).default(1).argParser((given): PassCount => {
    const passes = passCounts.find((count) => String(count) === given.trim())
    if (!passes) throw new InvalidArgumentError(`expected ${passCounts.join(', ')}`)
    return passes
  })
}

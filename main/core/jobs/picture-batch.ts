import { stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Job } from '../../catalog/job.ts'
import type { JobItem } from '../../catalog/jobItems.ts'
import type { Json } from '../../catalog/json.ts'
import type { FoundImage } from '../../imaging/find.ts'
import { hgiExtension, type OutputFormat, outputFormats } from '../../imaging/formats.ts'
import { Leftovers } from '../../imaging/leftovers.ts'
import { type NamingFacts, outputPath } from '../../imaging/output-path.ts'
import { type ItemResult, runItems } from '../../jobs/batch.ts'
import { type JobContext, type JobFunction, JobRunner } from '../../jobs/runner.ts'
import type { Core } from '../core.ts'
import { dayTaken } from './naming.ts'

/** What every batch of pictures shares; stored with its job, so that it can go on after a restart. */
export interface BatchInput {
  /** where results go */
  readonly output: string
  /** naming template; see `outputPath` */
  readonly template: string
  /** `same`: the input's own format, at its own depth */
  readonly format: OutputFormat | 'same'
  readonly quality?: number
  readonly metadata: 'all' | 'without-place' | 'none'
  readonly skipExisting: boolean
  readonly overwrite: boolean
  /** pictures in work at a time */
  readonly concurrency: number
  /** the folder that the pictures were found in; what lies between is `{folder}`. Older jobs have none. */
  readonly root?: string
  /** path below the folder it was found in, with `/`, by path: of those that `root` does not tell it of */
  readonly relativePaths: Readonly<Record<string, string>>
}

/** What one picture's work adds to the summary, by name; shown and given out as JSON. */
export type PictureFacts = Readonly<Record<string, number | string>>

export interface BatchReport {
  readonly job: Job
  readonly items: readonly (JobItem & { facts: PictureFacts | null })[]
}

/**
 * Queues a batch and runs it here, to its end or until the signal fires; each picture's outcome is stored as it
 * comes, and a picture that fails does not stop the rest.
 */
export async function runPictureBatch<Input extends BatchInput>(
  core: Pick<Core, 'catalog'>,
  kind: string,
  input: Input,
  pictures: readonly FoundImage[],
  work: PictureWork<Input>,
  options: BatchRunOptions = {},
): Promise<BatchReport> {
  const stored = { ...input, ...placesOf(pictures) } as unknown as Json
  const job = core.catalog.jobs.add({ kind, input: stored, items: pictures.map(({ path }) => path) })
  return continuePictureBatch(core, job, work, options)
}

/** Few pictures lie elsewhere than most: what is stored of a batch, and read again with it, stays small. */
function placesOf(pictures: readonly FoundImage[]): Pick<BatchInput, 'root' | 'relativePaths'> {
  const [first] = pictures
  if (!first) return { relativePaths: {} }
  const root = resolve(first.path.slice(0, -first.relativePath.length))
  const elsewhere = pictures.filter(({ path, relativePath }) => pathBelow(root, path) !== relativePath)
  return {
    root,
    relativePaths: Object.fromEntries(elsewhere.map(({ path, relativePath }) => [path, relativePath])),
  }
}

/** A picture's path below the folder it was found in, with `/`. */
export function relativePathOf({ root, relativePaths }: BatchInput, path: string): string {
  return relativePaths[path] ?? (root === undefined ? path : pathBelow(root, path))
}

function pathBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join('/')
}

export interface BatchRunOptions {
  readonly signal?: AbortSignal | undefined
  /** pictures done, with the parts of those in work as fractions */
  readonly onProgress?: (done: number, total: number, path: string) => void
}

/**
 * Does one picture. `target` names its output for a format; `decide` says what to do about it. A result without output
 * was left out on purpose: it counts as skipped, and its facts say why.
 */
export type PictureWork<Input extends BatchInput> = (
  path: string,
  input: Input,
  context: {
    readonly signal: AbortSignal
    readonly target: (
      facts: Omit<NamingFacts, 'relativePath' | 'ext'>,
      format: OutputFormat | 'hgi',
    ) => string
    readonly decide: (target: string) => Promise<Decision>
    /** how far this picture is, 0 to 1 */
    readonly progress: (fraction: number) => void
  },
) => Promise<{ output: string | null; facts: PictureFacts } | 'skipped'>

/** Runs a queued batch; what an earlier attempt did is left alone. */
export async function continuePictureBatch<Input extends BatchInput>(
  core: Pick<Core, 'catalog'>,
  job: Job,
  work: PictureWork<Input>,
  { signal, onProgress }: BatchRunOptions = {},
): Promise<BatchReport> {
  const facts = new Map<string, PictureFacts>()
  const run = pictureBatch(work, {
    onFacts: (path, found) => facts.set(path, found),
    ...(onProgress ? { onProgress } : {}),
  })
  const runner = new JobRunner(core.catalog.jobs, { [job.kind]: run })
  const finished = await runner.run(job.id, signal ? { signal } : {})
  const items = core.catalog.jobs.items.list(job.id)
  return { job: finished, items: items.map((item) => ({ ...item, facts: facts.get(item.input) ?? null })) }
}

export interface BatchHooks extends Pick<BatchRunOptions, 'onProgress'> {
  readonly onFacts?: (path: string, facts: PictureFacts) => void
}

/** A batch of pictures as a runner does it: what is left of its items, each outcome stored as it comes. */
export function pictureBatch<Input extends BatchInput>(
  work: PictureWork<Input>,
  { onFacts, onProgress }: BatchHooks = {},
): JobFunction {
  return async (job, context) => {
    const { items } = context.jobs
    const input = job.input as unknown as Input
    const fractions = new Map<string, number>()
    let [ended, total] = [0, 0]
    const report = (path: string) => {
      const inWork = [...fractions.values()].reduce((sum, fraction) => sum + fraction, 0)
      onProgress?.(ended + inWork, total, path)
    }
    // Which picture has which name, so that none takes another's: not even with --overwrite, nor on a resume.
    const holders = new Map(
      items.list(job.id).flatMap(({ output, position }) => (output ? [[output, position]] : [])),
    )
    // What an earlier attempt left half acknowledged: a kill between the file and the catalog.
    const isOwn = ({ path, mtimeMs }: FoundFile) =>
      job.attempts > 1 && mtimeMs >= job.createdAtMs && !items.isOutputOfOther(job.id, path)
    const leftovers = new Leftovers()
    const claim = (path: string, position: number) => {
      if ((holders.get(path) ?? position) !== position) {
        throw new AppError(
          'conflict',
          `two pictures would both become ${path}: use {folder}, {ext} or {index} in the naming template`,
        )
      }
      holders.set(path, position)
    }
    const doItem = async (item: JobItem, itemSignal: AbortSignal): Promise<ItemResult> => {
      const dated = input.template.includes('{date}') ? { date: await dayTaken(item.input) } : {}
      const result = await work(item.input, input, {
        signal: itemSignal,
        target: (naming, format) =>
          targetOf(input, item.input, item.position, { ...naming, ...dated }, format),
        decide: async (path) => {
          claim(path, item.position)
          if (job.attempts > 1) await leftovers.remove(path)
          return decide(path, input, isOwn)
        },
        progress: (fraction) => {
          fractions.set(item.input, fraction)
          report(item.input)
        },
      }).finally(() => fractions.delete(item.input))
      if (result === 'skipped') return { output: null, isSkipped: true }
      onFacts?.(item.input, result.facts)
      return { output: result.output, isSkipped: result.output === null }
    }
    const progress: JobContext['progress'] = (value) => {
      ;[ended, total] = [value.done, value.total]
      context.progress(value)
      report(value.message ?? '')
    }
    return (await runItems(job, { ...context, progress }, doItem, {
      concurrency: input.concurrency,
    })) as unknown as Json
  }
}

/** The path of a picture's result. @throws AppError `bad-input` for a template that cannot be filled in */
export function targetOf(
  input: BatchInput,
  path: string,
  position: number,
  naming: Omit<NamingFacts, 'relativePath' | 'ext'>,
  format: OutputFormat | 'hgi',
): string {
  return outputPath(input.output, input.template, {
    relativePath: relativePathOf(input, path),
    ext: format === 'hgi' ? hgiExtension : outputFormats[format].extension,
    ...naming,
    format,
    index: position + 1,
  })
}

/** What to do about a target that may be there. */
export type Decision = 'write' | 'replace' | 'skip'

interface FoundFile {
  readonly path: string
  readonly mtimeMs: number
}

/**
 * What the same job wrote is replaced.
 * @throws AppError `conflict` when the target is there and is neither to be skipped nor replaced: said before the
 *   work, not after it
 */
async function decide(
  target: string,
  input: BatchInput,
  isOwn: (file: FoundFile) => boolean,
): Promise<Decision> {
  const found = await stat(target).catch(() => null)
  if (!found) return 'write'
  if (input.overwrite || isOwn({ path: target, mtimeMs: found.mtimeMs })) return 'replace'
  if (input.skipExisting) return 'skip'
  throw new AppError(
    'conflict',
    `${target} exists already: use --skip-existing or --overwrite, or another template`,
  )
}

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCatalog } from '../../../../main/catalog/open.ts'
import {
  type BatchInput,
  continuePictureBatch,
  type PictureWork,
  runPictureBatch,
} from '../../../../main/core/jobs/picture-batch.ts'

async function openBatch() {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-batch-'))
  const catalog = openCatalog(join(folder, 'catalog.db'))
  onTestFinished(async () => {
    catalog.close()
    await rm(folder, { recursive: true })
  })
  const input: BatchInput = {
    ...{ output: join(folder, 'out'), template: '{name}', format: 'png', metadata: 'none' },
    ...{ skipExisting: true, overwrite: false, concurrency: 1, relativePaths: {} },
  }
  return { folder, core: { catalog }, input, path: join(folder, 'out/a.png') }
}

/** Writes these words where there is something to write. */
function words(text: string, { fails = false } = {}): PictureWork<BatchInput> {
  return async (_path, _input, { target, decide }) => {
    const output = target({}, 'png')
    if ((await decide(output)) === 'skip') return 'skipped'
    await writeFile(output, text)
    if (fails) throw new Error('killed before it was acknowledged')
    return { output, facts: {} }
  }
}

const pictures = (folder: string, ...names: string[]) =>
  names.map((name) => ({ path: join(folder, name), relativePath: name }))

test('a file that another job wrote is no leftover of this one, at any attempt', async () => {
  const { folder, core, input, path } = await openBatch()
  const { jobs } = core.catalog
  await mkdir(input.output)
  // Both wait in the queue before the first one writes.
  const items = [join(folder, 'a.png')]
  const [first, second, third] = [1, 2, 3].map(() => jobs.add({ kind: 'words', input: { ...input }, items }))
  const run = (job: typeof first, text: string) => continuePictureBatch(core, job!, words(text))
  expect((await run(first, 'first')).items).toMatchObject([{ status: 'done', output: path }])
  expect((await run(second, 'second')).items).toMatchObject([{ status: 'skipped' }])
  jobs.claim(third!.id)
  jobs.end(third!.id, { status: 'interrupted' })
  expect((await run(jobs.requeue(third!.id), 'third')).items).toMatchObject([{ status: 'skipped' }])
  expect(await readFile(path, 'utf8')).toBe('first')
})

test('what an earlier attempt left without a word is replaced', async () => {
  const { folder, core, input, path } = await openBatch()
  await mkdir(input.output)
  const left = await runPictureBatch(
    core,
    'words',
    input,
    pictures(folder, 'a.png'),
    words('half', { fails: true }),
  )
  expect(left.items).toMatchObject([{ status: 'failed' }])
  const { items } = await continuePictureBatch(core, core.catalog.jobs.requeue(left.job.id), words('whole'))
  expect(items).toMatchObject([{ status: 'done', output: path }])
  expect(await readFile(path, 'utf8')).toBe('whole')
})

test('only the paths of pictures from other folders are stored with a batch', async () => {
  const { folder, core, input } = await openBatch()
  const template = '{folder}/{name}'
  const found = [
    ...[{ path: join(folder, 'p/a/1.png'), relativePath: 'a/1.png' }],
    ...[{ path: join(folder, 'p/2.png'), relativePath: '2.png' }],
    ...[{ path: join(folder, 'q/b/3.png'), relativePath: 'b/3.png' }],
  ]
  const named: PictureWork<BatchInput> = async (_path, _input, { target }) => ({
    ...{ output: target({}, 'png'), facts: {} },
  })
  const { job, items } = await runPictureBatch(core, 'named', { ...input, template }, found, named)
  expect(items.map(({ output }) => output)).toEqual(
    ['a/1.png', '2.png', 'b/3.png'].map((name) => join(input.output, name)),
  )
  expect(job.input).toMatchObject({
    root: join(folder, 'p'),
    relativePaths: { [join(folder, 'q/b/3.png')]: 'b/3.png' },
  })
})

/**
 * A process beside the test's, on the same catalog: node worker.ts MODE FILE NAME.
 *
 * - write: works without end and writes a line for everything that is committed
 * - claim: claims jobs until none is left and writes their ids
 * - open: opens and closes
 */
import { writeSync } from 'node:fs'
import { openCatalog } from '../../../main/catalog/open.ts'
import { photo } from './photo.ts'

const [mode, file, name] = process.argv.slice(2)
const catalog = openCatalog(file)
const say = (line: string) => writeSync(1, `${line}\n`) // at once: nothing waits in a buffer when the kill comes

if (mode === 'write') {
  const job = catalog.jobs.claim(catalog.jobs.add({ kind: 'work', input: name }).id)
  say(`job ${job.id}`)
  catalog.runs.start({ id: name, modelId: 'dense', config: {}, seed: 1, folder: `/runs/${name}` })
  say(`run ${name}`)
  for (let step = 0; ; step++) {
    const images = Array.from({ length: 7 }, (_, n) => photo(`/photos/${name}/${step}-${n}.jpg`))
    for (const { id } of catalog.images.addMany(images)) say(`image ${id}`)
    catalog.runs.metrics.add(name, [{ name: 'loss', step, value: 1 / (step + 1) }])
    say(`metric ${step}`)
    catalog.jobs.report(job.id, { done: step, total: 1e9 })
  }
}
if (mode === 'claim') {
  for (let job = catalog.jobs.claimNext(['work']); job; job = catalog.jobs.claimNext(['work'])) {
    say(String(job.id))
    catalog.jobs.end(job.id, { status: 'done', result: name })
  }
}
catalog.close()

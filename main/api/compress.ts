import { compressArea } from '../../shared/contract/compress.ts'
import { curveOf, rivalsAt } from '../core/previews/compare-formats.ts'
import { compressPreview } from '../core/previews/compress-preview.ts'
import { hgiPreview, inspectHgi } from '../core/previews/hgi-preview.ts'
import { Inbox } from '../core/topic.ts'
import { verifyFile } from '../core/verify.ts'
import { areaRouter } from './area.ts'

export const compress = areaRouter(compressArea, {
  preview: (request, { core, pictures }, signal) => compressPreview(core, pictures, request, signal),
  rivals: (request, { core, pictures }, signal) => rivalsAt(core, pictures, request, signal),
  curve: (request, { core, pictures }, signal) => curveOf(core, pictures, request, signal),
  inspect: async ({ path }, { core, access }) => inspectHgi(core, await access.check(path)),

  async *open({ path }, { core, access, pictures }, signal) {
    yield* hgiPreview(core, pictures, await access.check(path), signal)
  },

  async *verify({ path, isQuick }, { core, access }, signal) {
    const checked = await access.check(path)
    const inbox = new Inbox<{ kind: 'progress'; fraction: number }>()
    const onProgress = (fraction: number) => inbox.put({ kind: 'progress', fraction })
    const work = verifyFile(core, checked, { isQuick, signal, onProgress })
    work.then(
      () => inbox.close(),
      (error) => inbox.close({ error }),
    )
    yield* inbox.until(signal)
    const { damage, tiles, unchecked } = await work
    yield { kind: 'done', damage, tiles, unchecked }
  },
})

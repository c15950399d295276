import { restoreArea } from '../../shared/contract/restore.ts'
import { maskOf, runsOf } from '../../shared/maths/runs.ts'
import { restorePreview } from '../core/previews/restore-preview.ts'
import { keepMask } from '../core/restore/masks.ts'
import { findMissing } from '../core/restore/missing.ts'
import { areaRouter } from './area.ts'

export const restore = areaRouter(restoreArea, {
  async findLost({ image, lost }, { pictures, access }, signal) {
    const source =
      lost.kind === 'file' ? { kind: 'mask' as const, path: await access.check(lost.path) } : lost
    return { runs: runsOf(await findMissing(await pictures.image(image), source, signal)) }
  },

  async keepMask({ image, runs }, { core, pictures }) {
    const { width, height } = await pictures.image(image)
    return { mask: await keepMask(core.folder, { width, height }, maskOf(runs, width * height)) }
  },

  preview: (request, { core, pictures }, signal) => restorePreview(core, pictures, request, signal),
})

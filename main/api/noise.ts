import { noiseArea } from '../../shared/contract/noise.ts'
import { noisePreview } from '../core/previews/noise-preview.ts'
import { areaRouter } from './area.ts'

export const noise = areaRouter(noiseArea, {
  preview: (request, { core, pictures }, signal) => noisePreview(core, pictures, request, signal),
})

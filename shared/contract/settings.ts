import { z } from 'zod'
import { filePath, nothing } from './common.ts'
import { mutation, query, subscription } from './procedure.ts'

export const outputFormats = ['same', 'png', 'png16', 'tiff16', 'jpeg', 'webp', 'avif'] as const
export const metadataPolicies = ['all', 'without-place', 'none'] as const
const commonFields = ['folder', 'name', 'ext', 'date', 'index', 'format', 'width', 'height'] as const
/** fields of a naming template that each kind of job knows; date: the day the photo was taken */
export const namingFieldsOf = {
  denoise: [...commonFields, 'model', 'sigma'],
  noise: [...commonFields, 'model'],
  compress: [...commonFields, 'model', 'quality'],
  decompress: [...commonFields, 'model', 'quality'],
  restore: [...commonFields, 'model'],
} as const

/** The fields of a kind as one types them. */
export const fieldsText = (kind: keyof typeof namingFieldsOf): string =>
  namingFieldsOf[kind].map((name) => `{${name}}`).join(' ')

function template(kind: keyof typeof namingFieldsOf) {
  const known: readonly string[] = namingFieldsOf[kind]
  return z
    .string()
    .min(1)
    .max(500)
    .refine(
      (text) => [...text.matchAll(/\{([^{}]*)\}/g)].every(([, field]) => known.includes(field!)),
      `this name knows the fields ${fieldsText(kind)}`,
    )
}

/** Everything a person can set; each is used. */
export const settings = z.strictObject({
  /** what the engine computes with; `auto`: CUDA where it is there */
  device: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
  /** of the engine; 0: all processors */
  threads: z.int().min(0).max(256).default(0),
  /** most bytes of thumbnails on disk */
  cacheBytes: z
    .int()
    .min(16 * 2 ** 20)
    .max(2 ** 40)
    .default(2 * 2 ** 30),
  /** where thumbnails lie; empty: the platform's place */
  cacheFolder: z.union([z.literal(''), filePath]).default(''),
  /** where results go unless said otherwise; empty: beside the original, in a folder of the job's name */
  outputFolder: z.union([z.literal(''), filePath]).default(''),
  templates: z
    .strictObject({
      denoise: template('denoise').default('{folder}/{name}-denoised{ext}'),
      noise: template('noise').default('{folder}/{name}-{model}{ext}'),
      compress: template('compress').default('{folder}/{name}{ext}'),
      decompress: template('decompress').default('{folder}/{name}{ext}'),
      restore: template('restore').default('{folder}/{name}-restored{ext}'),
    })
    .prefault({}),
  format: z.enum(outputFormats).default('same'),
  /** of JPEG, WebP and AVIF results */
  quality: z.int().min(1).max(100).default(92),
  metadata: z.enum(metadataPolicies).default('all'),
  units: z
    .strictObject({
      /** 1 kB is 1000 bytes, or 1 KiB is 1024 */
      bytes: z.enum(['decimal', 'binary']).default('decimal'),
      /** of rates and sizes of pictures */
      bitsPerPixel: z.boolean().default(true),
      noise: z.enum(['255', 'percent']).default('255'),
    })
    .prefault({}),
  theme: z.enum(['dark', 'light', 'system']).default('dark'),
  /** a word when a job of more than half a minute ends */
  notify: z.boolean().default(true),
})
export type Settings = z.output<typeof settings>
export const defaultSettings: Settings = settings.parse({})

/** Some of the settings; of `templates` and `units`, too, only what changes. */
export type SettingsChange = {
  [Name in keyof Settings]?: Settings[Name] extends object ? Partial<Settings[Name]> : Settings[Name]
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const settingsArea = {
  get: query(nothing).gives<Settings>(),
  /** what was given changes, the rest stays; the whole is checked against `settings` */
  set: mutation(z.custom<SettingsChange>(isObject, 'expected an object of settings')).gives<Settings>(),
  reset: mutation(nothing).gives<Settings>(),
  /** the settings now, and whenever another window changes them */
  changes: subscription(nothing).gives<Settings>(),
  /** how many bytes of thumbnails there are, and where */
  cache: query(nothing).gives<{ folder: string; bytes: number; files: number }>(),
  clearCache: mutation(nothing).gives<{ freedBytes: number }>(),
}

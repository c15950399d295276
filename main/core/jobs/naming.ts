import { stat } from 'node:fs/promises'
import { namingFieldsOf } from '../../../shared/contract/settings.ts'
import { type ExifFacts, exifFacts } from '../../imaging/exif/facts.ts'
import { hgiExtension } from '../../imaging/formats.ts'
import type { NamingFacts } from '../../imaging/output-path.ts'
import { probeImage } from '../../imaging/probe.ts'
import { openHgi } from '../codec/hgi-file.ts'

export type NamedKind = keyof typeof namingFieldsOf

const samples = {
  ...{ model: 'model', sigma: '0', quality: '50' },
  ...{ date: '2024-05-17', index: 1, format: 'png', width: 1, height: 1 },
} as const

/** Values for exactly the fields that a kind of job knows, to try a template with. */
export function sampleNaming(kind: NamedKind): Omit<NamingFacts, 'relativePath' | 'ext'> {
  const known: readonly string[] = namingFieldsOf[kind]
  return Object.fromEntries(Object.entries(samples).filter(([field]) => known.includes(field)))
}

/** The day a photo was taken by its EXIF, else that of its file's time, such as `2024-05-17`. */
export async function dayTaken(path: string): Promise<string> {
  // A broken file is the work's to tell of.
  const { takenAt } = await exifOf(path).catch((): Partial<ExifFacts> => ({}))
  if (takenAt && !Number.isNaN(Date.parse(takenAt))) return takenAt.slice(0, 10)
  const { mtime } = await stat(path)
  const parts = [mtime.getFullYear(), mtime.getMonth() + 1, mtime.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

async function exifOf(path: string): Promise<ExifFacts> {
  if (!path.toLowerCase().endsWith(hgiExtension)) return (await probeImage(path)).exif
  const file = await openHgi(path)
  try {
    return exifFacts((await file.readMetadata()).metadata.exif)
  } finally {
    await file.close()
  }
}

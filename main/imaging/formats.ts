import { extname } from 'node:path'
import { libheifPackage, librawPackage } from './decoders/packages.ts'
import { sharp } from './sharp.ts'

/** What cameras store before they make a picture of it: read through LibRaw, never written. */
export type RawFormat = 'dng' | 'cr2' | 'cr3' | 'nef' | 'arw' | 'raf'

/** The formats Hourglass reads, by content. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif' | 'heic' | RawFormat

/** What it writes; the number is the bits of a sample. AVIF takes 10 bits when the picture has 16. */
export type OutputFormat = 'png' | 'png16' | 'tiff16' | 'jpeg' | 'webp' | 'avif'

export const readableNames = 'JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF, and RAW: DNG, CR2, CR3, NEF, ARW, RAF'

const rawFormats: readonly string[] = ['dng', 'cr2', 'cr3', 'nef', 'arw', 'raf'] satisfies RawFormat[]

export function isRaw(format: string | null): format is RawFormat {
  return format !== null && rawFormats.includes(format)
}

/** Whether it is read by the decoders of `decoders/`, and not by sharp. */
export function isDecoded(format: ImageFormat): boolean {
  return isRaw(format) || format === 'heic'
}

const formatOfExtension: Record<string, ImageFormat> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.gif': 'gif',
  '.heic': 'heic',
  '.heif': 'heic',
  '.hif': 'heic',
  '.dng': 'dng',
  '.cr2': 'cr2',
  '.cr3': 'cr3',
  '.nef': 'nef',
  '.arw': 'arw',
  '.raf': 'raf',
}

/** of Hourglass's own compressed pictures */
export const hgiExtension = '.hgi'

export const imageExtensions: readonly string[] = Object.keys(formatOfExtension)

/** For each output format: its extension, the longest side its container can hold, and its bits a sample. */
export const outputFormats: Record<OutputFormat, { extension: string; maxSide: number; depth: 8 | 16 }> = {
  png: { extension: '.png', maxSide: 2 ** 31 - 1, depth: 8 },
  png16: { extension: '.png', maxSide: 2 ** 31 - 1, depth: 16 },
  tiff16: { extension: '.tif', maxSide: 2 ** 31 - 1, depth: 16 },
  jpeg: { extension: '.jpg', maxSide: 65535, depth: 8 },
  webp: { extension: '.webp', maxSide: 16383, depth: 8 },
  avif: { extension: '.avif', maxSide: 16383, depth: 16 },
}

/** The format a file name promises, or null. */
export function formatOfName(path: string): ImageFormat | null {
  return formatOfExtension[extname(path).toLowerCase()] ?? null
}

/**
 * The format that the first 32 bytes of a file show, or null. Most RAW formats are TIFF files by their head: `rawKind`
 * tells them apart.
 */
export function formatOfContent(head: Uint8Array): ImageFormat | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp'
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff'
  // brands: avif and its sequence avis may stand as major or among the compatible ones (ISO/IEC 23000-22)
  if (text.slice(4, 8) !== 'ftyp') return text.startsWith('FUJIFILMCCD-RAW') ? 'raf' : null
  if (/avif|avis/.test(text.slice(8, 32))) return 'avif'
  if (text.slice(8, 12) === 'crx ') return 'cr3'
  // ISO/IEC 23008-12, annex B, and the HEIF brand without a codec that some cameras put first
  return /hei[cxms]|hev[cxms]|mif1/.test(text.slice(8, 32)) ? 'heic' : null
}

/** What this build reads and writes, with the versions of the libraries behind it, for `doctor`. */
export function imageFormats(): {
  reads: ImageFormat[]
  writes: OutputFormat[]
  versions: Record<string, string>
} {
  const known = sharp.format as unknown as Record<
    string,
    { input: { file: boolean }; output: { file: boolean } }
  >
  const entry = (name: string) => known[name === 'avif' ? 'heif' : name]
  const base = (name: string) => name.replace('16', '')
  const [libheif, libraw] = [libheifPackage(), librawPackage()]
  const own = (['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const).filter(
    (name) => entry(name)?.input.file,
  )
  return {
    reads: [...own, ...(libheif ? ['heic' as const] : []), ...(libraw ? (rawFormats as RawFormat[]) : [])],
    writes: (Object.keys(outputFormats) as OutputFormat[]).filter((name) => entry(base(name))?.output.file),
    versions: {
      ...(sharp.versions as Record<string, string>),
      ...(libheif && { 'libheif-js': libheif.version }),
      ...(libraw && { 'libraw-wasm': libraw.version }),
    },
  }
}

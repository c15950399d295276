import type { Settings } from '../../shared/contract/settings.ts'

export const formatTitles: Readonly<Record<Settings['format'], string>> = {
  same: 'Same as the original',
  png: 'PNG, 8 bit',
  png16: 'PNG, 16 bit',
  tiff16: 'TIFF, 16 bit',
  jpeg: 'JPEG',
  webp: 'WebP',
  avif: 'AVIF',
}

export const metadataTitles: Readonly<Record<Settings['metadata'], string>> = {
  all: 'Keep all',
  'without-place': 'Keep all but the place',
  none: 'Keep none',
}

import { createHash } from 'node:crypto'
import type { NewImage } from '../../../main/catalog/image.ts'

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** An image whose content is named by `content`. */
export function photo(path: string, content = path, more: Partial<NewImage> = {}): NewImage {
  return {
    path,
    sha256: sha256(content),
    bytes: 1000,
    width: 60,
    height: 40,
    format: 'jpeg',
    bitDepth: 8,
    channels: 3,
    hasAlpha: false,
    mtimeMs: 5000,
    exif: {},
    ...more,
  }
}

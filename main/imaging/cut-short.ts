import { open } from 'node:fs/promises'
import { withFileBytes } from './file-bytes.ts'
import { type ImageFormat, isRaw } from './formats.ts'
import { heifItemsEnd } from './heif-extent.ts'
import { rawPixelsEnd } from './raw/extent.ts'

/**
 * Whether a file's own structure says that its end is missing: decoders often report damage and loss with
 * the same words. False where the format does not tell.
 */
export async function isCutShort(path: string, format: ImageFormat): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, at))
      return buffer.subarray(0, bytesRead)
    }
    const head = await read(0, 16)
    if (head.length < 12) return true
    if (format === 'png') return !(await read(size - 16, 16)).includes('IEND')
    if (format === 'jpeg') return !(await read(size - 4096, 4096)).includes(Buffer.from([0xff, 0xd9]))
    if (format === 'gif') return !(await read(size - 8, 8)).includes(0x3b)
    if (format === 'webp') return head.readUInt32LE(4) + 8 > size
    if (format === 'tiff') {
      const little = head[0] === 0x49
      return (little ? head.readUInt32LE(4) : head.readUInt32BE(4)) >= size
    }
    if (isRaw(format) && format !== 'cr3') {
      return (await withFileBytes(path, (bytes) => rawPixelsEnd(bytes, format))) > size
    }
    if (format === 'heic' && (await withFileBytes(path, heifItemsEnd)) > size) return true
    // AVIF, HEIC and CR3: the boxes of the top level follow each other to the end (ISO/IEC 14496-12)
    for (let at = 0; at < size; ) {
      const box = await read(at, 16)
      if (box.length < 8) return true
      const length = box.readUInt32BE(0)
      if (length === 0) return false
      if (length === 1 && box.length < 16) return true
      const step = length === 1 ? Number(box.readBigUInt64BE(8)) : length
      if (step < 8) return false
      if (at + step > size) return true
      at += step
    }
    return false
  } finally {
    await file.close()
  }
}

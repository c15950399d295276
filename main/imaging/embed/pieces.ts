import type { FileHandle } from 'node:fs/promises'

/** The metadata to put into a file, already edited for it. */
export interface Embedded {
  readonly icc: Buffer | null
  /** A TIFF block without prefix. */
  readonly exif: Buffer | null
  readonly xmp: Buffer | null
  readonly densityPpi: number | null
}

/** A stretch of the file being written: new bytes, or bytes [start, end) of the encoder's file. */
export type Piece = Buffer | { readonly start: number; readonly end: number }

export interface Plan {
  readonly pieces: Piece[]
  /** What the container could not take. */
  readonly warnings: string[]
}

/** Plans how to put metadata into an encoded file, from its structure alone. */
export type Embedder = (file: FileHandle, bytes: number, metadata: Embedded) => Promise<Plan>

export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

/** Writes the pieces in order; memory stays at one megabyte whatever the file's size. */
export async function assemble(source: FileHandle, target: FileHandle, pieces: Piece[]): Promise<void> {
  const chunk = Buffer.alloc(2 ** 20)
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) {
      await writeAll(target, piece)
      continue
    }
    for (let at = piece.start; at < piece.end; ) {
      const { bytesRead } = await source.read(chunk, 0, Math.min(chunk.length, piece.end - at), at)
      if (bytesRead === 0) throw new Error('the encoded file ended early')
      await writeAll(target, chunk.subarray(0, bytesRead))
      at += bytesRead
    }
  }
}

/** FileHandle.write may write less than asked. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
}

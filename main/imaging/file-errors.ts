import { open, stat } from 'node:fs/promises'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { isCutShort } from './cut-short.ts'
import { DecoderFailure } from './decoders/failure.ts'
import { withFileBytes } from './file-bytes.ts'
import { formatOfContent, type ImageFormat, readableNames } from './formats.ts'
import { rawKind } from './raw/kind.ts'

const codeOfErrno: Record<string, [ErrorCode, string]> = {
  ENOENT: ['not-found', 'does not exist'],
  ENOTDIR: ['not-found', 'does not exist: part of its path is a file'],
  EACCES: ['unreadable', 'permission denied'],
  EPERM: ['unreadable', 'permission denied'],
  EISDIR: ['unreadable', 'is a folder'],
  ELOOP: ['unreadable', 'is a link that leads back to itself'],
  ENAMETOOLONG: ['bad-input', 'the name is too long'],
  EMFILE: ['unreadable', 'too many files are open'],
  ENOSPC: ['unreadable', 'the disk is full'],
  EDQUOT: ['unreadable', 'the disk quota is used up'],
  EROFS: ['unreadable', 'the disk is read-only'],
  EEXIST: ['conflict', 'exists already'],
}

const errnoOfText: [RegExp, string][] = [
  [/no space left/i, 'ENOSPC'],
  [/permission denied/i, 'EACCES'],
  [/no such file/i, 'ENOENT'],
  [/read-only file system/i, 'EROFS'],
  [/quota exceeded/i, 'EDQUOT'],
]

/** A failed system call on `path`, from Node (by code) or from inside sharp (by text), as an AppError. */
export function fileError(verb: 'read' | 'write', path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  const errno =
    (cause as NodeJS.ErrnoException)?.code ?? errnoOfText.find(([pattern]) => pattern.test(text))?.[1] ?? ''
  const [code, words] = codeOfErrno[errno] ?? [
    verb === 'read' ? 'unreadable' : 'internal',
    text.split('\n')[0],
  ]
  return new AppError(code, `cannot ${verb} ${path}: ${words}`, { cause })
}

/**
 * Size and format of an image file, by content.
 *
 * @throws AppError not-found, unreadable (folder, no permission, zero bytes) or unsupported (no known image).
 */
export async function checkImageFile(path: string): Promise<{ bytes: number; format: ImageFormat }> {
  let bytes: number
  const head = Buffer.alloc(32)
  try {
    const facts = await stat(path)
    if (facts.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' })
    if (!facts.isFile()) throw new AppError('unreadable', `cannot read ${path}: is not a regular file`)
    bytes = facts.size
    if (bytes === 0) throw new AppError('unreadable', `cannot read ${path}: the file is empty (0 bytes)`)
    const handle = await open(path, 'r')
    try {
      await handle.read(head, 0, head.length, 0)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError('read', path, error)
  }
  const format = formatOfContent(head.subarray(0, bytes))
  if (!format) {
    throw new AppError('unsupported', `${path} is not an image that Hourglass reads (${readableNames})`)
  }
  if (format !== 'tiff') return { bytes, format }
  const raw = await withFileBytes(path, rawKind)
  if (raw === 'other') {
    throw new AppError(
      'unsupported',
      `${path} is a camera's RAW of a kind that is not read (${readableNames})`,
    )
  }
  return { bytes, format: raw ?? format }
}

/**
 * What a decoder said about the content of `path`, as an AppError: unreadable when cut short, unsupported or too-large
 * where the decoder says so, else corrupt.
 */
export async function decodeError(path: string, format: ImageFormat, cause: unknown): Promise<AppError> {
  if (cause instanceof AppError) return cause
  const kind = cause instanceof DecoderFailure ? cause.kind : 'damaged'
  const text = (cause instanceof Error ? cause.message : String(cause))
    .split('\n')[0]
    .replaceAll(path, '')
    .trim()
  if (kind === 'too-large')
    return new AppError(kind, `cannot read ${path}: it takes too much memory (${text})`, { cause })
  const isShort = kind === 'cut-short' || (await isCutShort(path, format).catch(() => false))
  const [code, words] = isShort
    ? (['unreadable', 'the file is cut short'] as const)
    : kind === 'unsupported'
      ? (['unsupported', `it is a kind of ${format.toUpperCase()} that is not read`] as const)
      : (['corrupt', 'its content is damaged'] as const)
  return new AppError(code, `cannot read ${path}: ${words} (${text})`, { cause })
}

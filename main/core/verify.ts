import { AppError, toAppError } from '../../shared/errors.ts'
import { codeGrid } from '../code/grid.ts'
import { DecodedTiles } from './codec/decoded-tiles.ts'
import { openHgi } from './codec/hgi-file.ts'
import { modelOfFile } from './codec/models-of-files.ts'
import type { CodecCore } from './core.ts'
import type { ModelRef } from './engine-tasks.ts'
import { refOf } from './model-library.ts'

export interface Verified {
  readonly path: string
  /** what is wrong, in words; none where the file is whole */
  readonly damage: readonly string[]
  readonly tiles: number
  /** why only the bytes were looked at, and not the symbols that they decode to; null where both were */
  readonly unchecked: string | null
}

export interface VerifyOptions {
  /** compare the bytes' checksums only; needs no model */
  readonly isQuick?: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((fraction: number) => void) | undefined
}

/**
 * Checks a file: every checksum of its bytes, and, where its model is here, the checksum of each tile's decoded symbols.
 * @throws AppError for what cannot be looked into: `not-found`, `unreadable`, `unsupported`, `newer`, `corrupt` (its
 *   head), `aborted`
 */
export async function verifyFile(
  { catalog, inference }: CodecCore,
  path: string,
  { isQuick = false, signal, onProgress }: VerifyOptions = {},
): Promise<Verified> {
  const file = await openHgi(path)
  try {
    const { width, height, levelQ, modelPrefix, modelName } = file.facts
    const grid = codeGrid(width, height)
    const tiles = grid.rows * grid.columns
    const damage = await file.checkParts()
    let unchecked = isQuick ? 'only its bytes were looked at' : null
    let model: ModelRef | null = null
    try {
      if (!isQuick) model = refOf(modelOfFile(catalog, modelPrefix, path, modelName))
    } catch (error) {
      unchecked = toAppError(error).message
    }
    const decoded = model && new DecodedTiles(file, { engine: inference, model, levelQ, grid, signal })
    for (let tile = 0; tile < tiles; tile++) {
      signal?.throwIfAborted()
      if (decoded) {
        await decoded.load([tile])
        decoded.letGoBefore(tile + 1)
      } else {
        const reason = await file.read(tile).then(() => null, damageOf)
        if (reason) damage.push(file.describeTile(tile, reason))
      }
      onProgress?.((tile + 1) / tiles)
    }
    for (const { tile, reason } of decoded?.damaged ?? []) damage.push(file.describeTile(tile, reason))
    return { path, damage, tiles, unchecked }
  } finally {
    await file.close()
  }
}

/** What was found to be damaged. @throws AppError all else */
function damageOf(error: unknown): string {
  const { code, message } = toAppError(error)
  if (code === 'corrupt') return message
  throw error instanceof AppError ? error : toAppError(error)
}

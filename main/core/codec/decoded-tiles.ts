import { AppError, toAppError } from '../../../shared/errors.ts'
import { latentRect, tileRect } from '../../code/grid.ts'
import { stopIfAborted } from '../../imaging/abort.ts'
import type { SynthesisContext } from './synthesise.ts'

/** A tile that could not be decoded, and why. */
export interface DamagedTile {
  readonly tile: number
  readonly reason: string
}

/** Where tiles' streams come from: a file. `read` throws `corrupt` for a damaged one. */
export interface TileSource {
  read(tile: number): Promise<{ stream: Uint8Array; symbolsCrc32: number }>
}

export interface DecodeContext extends SynthesisContext {
  /** the bits of each latent position of a tile */
  readonly onBits?: ((tile: number, bits: Float32Array) => void) | undefined
}

/** The decoded latents of tiles, each read and decoded at its first use, kept until they are let go. */
export class DecodedTiles {
  readonly damaged: DamagedTile[] = []
  readonly #source: TileSource
  readonly #context: DecodeContext
  readonly #known = new Map<number, Promise<Int16Array | null>>()
  readonly #latents = new Map<number, Int16Array | null>()

  constructor(source: TileSource, context: DecodeContext) {
    this.#source = source
    this.#context = context
  }

  /** Makes the latents of these tiles ready for `latents`. @throws AppError all but damage: that is noted */
  async load(tiles: readonly number[]): Promise<void> {
    await Promise.all(
      tiles.map((tile) => {
        const work = this.#known.get(tile) ?? this.#decode(tile)
        this.#known.set(tile, work)
        return work
      }),
    )
  }

  /** Null where the tile is damaged. */
  readonly latents = (tile: number): Int16Array | null => this.#latents.get(tile) ?? null

  /** Frees what lies before this tile. */
  letGoBefore(tile: number): void {
    for (const known of this.#known.keys()) {
      if (known >= tile) continue
      this.#known.delete(known)
      this.#latents.delete(known)
    }
  }

  async #decode(tile: number): Promise<Int16Array | null> {
    const { engine, model, levelQ, grid, signal, onBits } = this.#context
    stopIfAborted(signal, 'decompressing')
    let latents: Int16Array | null = null
    try {
      const { stream, symbolsCrc32 } = await this.#source.read(tile)
      const { width: columns, height: rows } = latentRect(tileRect(grid, tile))
      const decoded = await engine.call('decodeTile', { model, levelQ, rows, columns, stream }, { signal })
      if (decoded.symbolsCrc32 !== symbolsCrc32) {
        throw new AppError('corrupt', 'its symbols do not have the checksum they were written with')
      }
      latents = decoded.latents
      onBits?.(tile, decoded.bits)
    } catch (error) {
      const { code, message } = toAppError(error)
      if (code !== 'corrupt') throw error
      this.damaged.push({ tile, reason: message })
    }
    this.#latents.set(tile, latents)
    return latents
  }
}

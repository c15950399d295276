import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'
import { fileError } from '../../imaging/file-errors.ts'
import { mostBytes, tooLarge } from '../../models/archive.ts'
import type { Application } from '../application.ts'
import { importModel, withoutFolder } from '../model-library.ts'

/** A zip file adds a little to its two files. */
const mostAllBytes = mostBytes['card.json'] + mostBytes['weights.safetensors'] + 2 ** 20

/**
 * Takes in a model that a browser sends: a zip file, or the card and the weights one after the other. It is checked as
 * one that is imported from a folder, and nothing is kept of one that is refused.
 * @param cardBytes length of the card, which comes first; null: a zip file
 * @param bytes of all, where the browser says so
 * @throws AppError too-large, corrupt, and as `importModel`
 */
export async function receiveModel(
  app: Application,
  content: Readable,
  { cardBytes, bytes = 0 }: { cardBytes: number | null; bytes?: number },
): Promise<{ id: string; isNew: boolean }> {
  if (cardBytes !== null && cardBytes > mostBytes['card.json']) throw tooLarge('card.json')
  if (bytes > mostAllBytes) throw tooLarge('weights.safetensors')
  const folder = await mkdtemp(join(app.uploads, '.model-'))
  try {
    const zip = join(folder, 'model.zip')
    if (cardBytes === null) await store(content, [{ path: zip, bytes: mostAllBytes }])
    else {
      const weights = { path: join(folder, 'weights.safetensors'), bytes: mostBytes['weights.safetensors'] }
      await store(content, [{ path: join(folder, 'card.json'), bytes: cardBytes }, weights])
    }
    const before = app.core.catalog.models.list().length
    const { id } = await importModel(app.core, cardBytes === null ? zip : folder)
    app.modelsChanged.publish()
    return { id, isNew: app.core.catalog.models.list().length > before }
  } catch (error) {
    throw withoutFolder(error, folder, 'the model')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes what comes into one file after the other, each but the last filled before the next begins. */
async function store(content: Readable, files: readonly { path: string; bytes: number }[]): Promise<void> {
  const rest = [...files]
  let file: FileHandle | null = null
  let left = 0
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          const next = rest.shift()
          if (!next) throw tooLarge('weights.safetensors')
          await file?.close()
          file = await open(next.path, 'wx')
          left = next.bytes
        }
        const piece = chunk.subarray(at, at + left)
        await file!.writeFile(piece)
        at += piece.length
        left -= piece.length
      }
    }
  } catch (error) {
    throw error instanceof AppError ? error : fileError('write', files[0]!.path, error)
  } finally {
    await file?.close()
  }
}

import type { Model } from '../../main/catalog/models.ts'
import { codeGrid } from '../../main/code/grid.ts'
import { openHgi } from '../../main/core/codec/hgi-file.ts'
import { decompress } from '../../main/core/decompress.ts'
import type { EngineTasks } from '../../main/core/engine-tasks.ts'
import type { Engine } from '../../main/engine/host.ts'
import { type ErrorCode, toAppError } from '../../shared/errors.ts'

/** What reading a damaged file may end in: nothing else is right. */
export const rightEnds: readonly (ErrorCode | 'whole' | 'damaged')[] = [
  'whole',
  'damaged',
  'corrupt',
  'unsupported',
  'newer',
]

/** Larger pictures than this are looked into, but not made. */
const largestPixels = 2 ** 22

/** Reads a file as `decompress` and `verify` do, and says how it ended. */
export async function readAll(
  engine: Engine<EngineTasks>,
  model: Model,
  path: string,
): Promise<(typeof rightEnds)[number] | ErrorCode> {
  try {
    const file = await openHgi(path)
    try {
      const parts = await file.checkParts()
      const { width, height } = file.facts
      const { rows, columns } = codeGrid(width, height)
      if (width * height > largestPixels) {
        for (let tile = 0; tile < rows * columns; tile++) await file.read(tile)
        return 'whole'
      }
      const { damaged, lost } = await decompress(engine, model, file)
      return parts.length + damaged.length + lost.length > 0 ? 'damaged' : 'whole'
    } finally {
      await file.close()
    }
  } catch (error) {
    return toAppError(error).code
  }
}

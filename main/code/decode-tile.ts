import { AppError } from '../../shared/errors.ts'
import type { EngineTasks } from '../core/engine-tasks.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { Checksum } from './checksum.ts'
import { codecOf } from './codec-model.ts'
import { LatentWalk } from './entropy/latent-walk.ts'
import { SymbolDecoder } from './symbol-coder.ts'
import { bitsOf } from './symbol-cost.ts'

type Input<Name extends keyof EngineTasks> = EngineTasks[Name]['input']
type Output<Name extends keyof EngineTasks> = EngineTasks[Name]['output']

/**
 * A tile's stream to its latents, in 32nds of a step, and the bits that each position took.
 * @throws AppError `corrupt` for a stream that this model cannot have written
 */
export async function decodeTile(
  loaded: LoadedModel,
  { levelQ, rows, columns, stream }: Input<'decodeTile'>,
): Promise<Output<'decodeTile'>> {
  const { integers } = codecOf(loaded)
  const level = integers.at(levelQ)
  const decoder = new SymbolDecoder(stream, 'a tile')
  const checksum = new Checksum()
  const bits = new Float32Array(rows * columns)
  const count = (rows / 4) * (columns / 4) * integers.hyper
  const symbolsZ = new Int16Array(count)
  const tablesZ = Uint8Array.from({ length: count }, (_, i) => level.tableZ[i % integers.hyper]!)
  decoder.read(tablesZ, integers.tablesZ, symbolsZ)
  const bitsZ = new Float32Array(count)
  bitsOf(symbolsZ, tablesZ, integers.tablesZ, bitsZ)
  for (let i = 0; i < count; i++) {
    const position = Math.floor(i / integers.hyper)
    const [row, column] = [Math.floor(position / (columns / 4)), position % (columns / 4)]
    for (let k = 0; k < 16; k++)
      bits[(row * 4 + (k >> 2)) * columns + column * 4 + (k & 3)]! += bitsZ[i]! / 16
    const symbol = symbolsZ[i]! + level.shiftZ[i % integers.hyper]!
    if (symbol < -32768 || symbol > 32767) throw new AppError('corrupt', `a tile: hyper-latent ${symbol}`)
    symbolsZ[i] = symbol
  }
  checksum.add(symbolsZ)
  const walk = new LatentWalk(integers, level, rows, columns)
  const spent = new Float32Array((rows * columns * Math.max(...integers.groups)) / 2)
  try {
    walk.start(symbolsZ)
    for (const step of walk.steps) {
      const prediction = walk.predict(step)
      const symbols = new Int16Array(prediction.tables.length)
      decoder.read(prediction.tables, integers.tables, symbols)
      checksum.add(symbols)
      bitsOf(symbols, prediction.tables, integers.tables, spent)
      const size = step.to - step.from
      let i = 0
      for (const position of step.positions) {
        let sum = 0
        for (const end = i + size; i < end; i++) sum += spent[i]!
        bits[position]! += sum
      }
      walk.put(step, prediction, symbols)
    }
  } finally {
    walk.dispose()
  }
  decoder.finish()
  return { latents: walk.decoded, symbolsCrc32: checksum.value, bits }
}

import { AppError } from '../../../shared/errors.ts'
import type { StoredTensor, StoredTensors } from '../../models/safetensors.ts'
import { type FrequencyTable, unpackTables } from '../frequency-table.ts'

/** Reads the integers of a model file by name, and says which one is not what it should be. */
export class StoredIntegers {
  readonly #tensors: StoredTensors
  /** names the model in errors */
  readonly label: string

  constructor(tensors: StoredTensors, label: string) {
    this.#tensors = tensors
    this.label = label
  }

  has(name: string): boolean {
    return `entropy.${name}` in this.#tensors
  }

  /** @throws AppError `corrupt` when it is missing, of another type or shape; -1 in `shape` stands for any size */
  read<T extends StoredTensor['data']>(
    name: string,
    kind: new (length: number) => T,
    shape: readonly number[],
  ): T {
    const found = this.#tensors[`entropy.${name}`]
    if (!found) throw this.corrupt(`lacks the tensor 'entropy.${name}'`)
    const fits =
      found.shape.length === shape.length && shape.every((side, i) => side === -1 || side === found.shape[i])
    if (!fits || !(found.data instanceof kind))
      throw this.corrupt(
        `'entropy.${name}' should be ${kind.name} [${shape}], but is ${found.data.constructor.name} [${found.shape}]`,
      )
    return found.data
  }

  /** @throws AppError `corrupt` unless these are valid tables of frequencies, as many as `count` */
  readTables(name: string, count: number): FrequencyTable[] {
    const packed = {
      lengths: this.read(`${name}.lengths`, Int32Array, [count]),
      mins: this.read(`${name}.mins`, Int32Array, [count]),
      frequencies: this.read(`${name}.frequencies`, Uint16Array, [-1]),
    }
    return unpackTables(packed, `${this.label} 'entropy.${name}'`)
  }

  corrupt(what: string): AppError {
    return new AppError('corrupt', `${this.label} ${what}`)
  }
}

/** Rows of a table (levels, channels) of integers at a level from 0 to 7 * 1024, interpolated and rounded down. */
export function atLevel(table: Int32Array, channels: number, levelQ: number): Int32Array {
  const levels = table.length / channels
  const low = Math.min(levelQ >> 10, levels - 2)
  const t = levelQ - low * 1024
  const [from, to] = [low * channels, (low + 1) * channels]
  return Int32Array.from({ length: channels }, (_, c) =>
    Math.floor((table[from + c]! * (1024 - t) + table[to + c]! * t) / 1024),
  )
}

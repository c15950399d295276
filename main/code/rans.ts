import { AppError } from '../../shared/errors.ts'

/** Frequencies of a symbol's slots are in 65536ths. */
export const FREQUENCY_BITS = 16
export const FREQUENCY_SUM = 1 << FREQUENCY_BITS

/** The state's range is [2^23, 2^31), so that every step is exact in signed 32-bit integers. */
const lowest = 2 ** 23
const stateBytes = 4

/**
 * Range variant of asymmetric numeral systems (Duda 2013, arXiv 1311.2540): a 32-bit state, frequencies of 16 bits,
 * renormalised by bytes. Bytes, because a state renormalised by 16 bits at these frequencies costs up to 0.18 % more
 * than the ideal, and this less than 0.001 %.
 *
 * What is put is kept, and coded backwards at the end, so that a decoder reads it in the order it was put.
 */
export class RansEncoder {
  /** start << 16 | frequency of each thing put */
  #put = new Int32Array(1 << 12)
  #count = 0

  /**
   * @param start slots before this symbol's, 0 to 65535
   * @param frequency this symbol's slots, 1 to 65535
   */
  put(start: number, frequency: number): void {
    if (this.#count === this.#put.length) this.reserve(1)
    this.#put[this.#count++] = (start << 16) | frequency
  }

  /** The lowest `count` (1 to 16) bits of `value`, as they are */
  putBits(value: number, count: number): void {
    this.put(value << (FREQUENCY_BITS - count), 1 << (FREQUENCY_BITS - count))
  }

  /** Makes room for `more` things to put. */
  reserve(more: number): void {
    if (this.#count + more <= this.#put.length) return
    const larger = new Int32Array(Math.max(this.#count + more, this.#put.length * 2))
    larger.set(this.#put.subarray(0, this.#count))
    this.#put = larger
  }

  /** The stream: the last state, little-endian, then the bytes in the order they are read. Empty for nothing. */
  finish(): Uint8Array {
    const put = this.#put
    if (this.#count === 0) return new Uint8Array(0)
    const bytes = new Uint8Array(stateBytes + 2 * this.#count) // a symbol moves out two bytes at most
    let position = bytes.length
    let state = lowest
    for (let i = this.#count - 1; i >= 0; i--) {
      const start = put[i] >>> 16
      const frequency = put[i] & 0xffff
      const largest = frequency * 2 ** 15
      while (state >= largest) {
        bytes[--position] = state
        state >>= 8
      }
      const quotient = (state / frequency) | 0
      state = (quotient << 16) + (state - quotient * frequency) + start
    }
    position -= stateBytes
    new DataView(bytes.buffer).setUint32(position, state, true)
    return bytes.slice(position)
  }
}

/** Reads what a `RansEncoder` put, with the same frequencies in the same order. Safe for any bytes. */
export class RansDecoder {
  readonly #bytes: Uint8Array
  readonly #label: string
  #position = 0
  #state = lowest

  /**
   * @param label names the stream in errors
   * @throws AppError `corrupt` when the bytes cannot be a stream
   */
  constructor(bytes: Uint8Array, label: string) {
    this.#bytes = bytes
    this.#label = label
    if (bytes.length === 0) return
    if (bytes.length < stateBytes)
      throw this.corrupt(`it has ${bytes.length} bytes, expected 0 or at least 4`)
    this.#state = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    this.#position = stateBytes
    if (this.#state < lowest || this.#state >= 2 ** 31)
      throw this.corrupt(`it starts at state ${this.#state}`)
  }

  /** The slot, 0 to 65535, of the next symbol: the symbol is the one whose slots hold it */
  slot(): number {
    return this.#state & 0xffff
  }

  /**
   * Steps over the symbol of `slot()`, of `frequency` slots from `start` on.
   * @throws AppError `corrupt` at the end of the bytes
   */
  advance(start: number, frequency: number): void {
    let state = Math.imul(frequency, this.#state >>> 16) + (this.#state & 0xffff) - start
    while (state < lowest) {
      if (this.#position === this.#bytes.length)
        throw this.corrupt(`it ends early, at ${this.#position} bytes`)
      state = (state << 8) | this.#bytes[this.#position++]
    }
    this.#state = state
  }

  /** The next `count` (1 to 16) bits that were put by `putBits` */
  bits(count: number): number {
    const shift = FREQUENCY_BITS - count
    const value = this.slot() >>> shift
    this.advance(value << shift, 1 << shift)
    return value
  }

  /** @throws AppError `corrupt` unless every byte was read and the state is that of an encoder's start */
  finish(): void {
    if (this.#position !== this.#bytes.length)
      throw this.corrupt(
        `${this.#bytes.length - this.#position} of its ${this.#bytes.length} bytes are left over`,
      )
    if (this.#state !== lowest) throw this.corrupt(`it ends at state ${this.#state}, expected ${lowest}`)
  }

  corrupt(what: string): AppError {
    return new AppError('corrupt', `${this.#label} is no stream of symbols: ${what}`)
  }
}

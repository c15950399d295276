import { AppError } from './errors.ts'
import { exp, ln } from './maths/elementary.ts'
import { murmur128 } from './maths/hash.ts'
import { poisson } from './maths/poisson.ts'
import { edges, heights, steps, tailStart } from './maths/ziggurat.ts'

/**
 * Seeded random numbers, the same bits on every platform and in every JavaScript engine.
 *
 * The generator is xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * 2021): period 2^128 - 1. Its state is the MurmurHash3 of the seed, so that lists of numbers name independent
 * streams: `new Random([seed, step, index])` needs no stream before it. Normal numbers come from a ziggurat of
 * 256 layers (Marsaglia and Tsang, 2000) that takes layer and position from different bits (Doornik, 2005).
 */
export class Random {
  readonly #state = new Int32Array(4)

  /** @param seed a safe integer, or a list of them. @throws AppError bad-input */
  constructor(seed: number | readonly number[]) {
    const seeds = typeof seed === 'number' ? [seed] : seed
    if (seeds.length === 0 || !seeds.every(Number.isSafeInteger)) {
      throw new AppError('bad-input', `a seed must be whole numbers within 2^53, got ${JSON.stringify(seed)}`)
    }
    this.#state.set(murmur128(seeds))
    if (this.#state.every((part) => part === 0)) this.#state[0] = 1
  }

  /** The next 32 bits, 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.#state
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9)
    const shifted = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= shifted
    s[3] = rotate(s[3], 11)
    return result >>> 0
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const upper = this.uint32() >>> 5
    return (upper * 67108864 + (this.uint32() >>> 6)) / 9007199254740992
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform()
  }

  /** A whole number from 0 to n - 1, each equally likely; n from 1 to 2^32. @throws AppError bad-input */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) {
      throw new AppError('bad-input', `integer(n) needs a whole n from 1 to 2^32, got ${n}`)
    }
    const limit = 4294967296 - (4294967296 % n)
    let bits = this.uint32()
    while (bits >= limit) bits = this.uint32()
    return bits % n
  }

  /** Standard normal (mean 0, deviation 1), 24 bits of position. */
  normal(): number {
    const bits = this.uint32()
    const layer = bits & 255
    const x = ((bits >> 8) + 0.5) * steps[layer]
    return Math.abs(x) < edges[layer + 1] ? x : this.#slowNormal(layer, x)
  }

  /** Fills `target` with what as many calls of `normal` would give, several times as fast. Returns it. */
  fillNormal(target: Float32Array): Float32Array {
    const state = this.#state
    let [a, b, c, d] = state
    for (let i = 0; i < target.length; i++) {
      const product = Math.imul(b, 5)
      const bits = Math.imul((product << 7) | (product >>> 25), 9)
      const shifted = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= shifted
      d = (d << 11) | (d >>> 21)
      const layer = bits & 255
      const x = ((bits >> 8) + 0.5) * steps[layer]
      if (Math.abs(x) < edges[layer + 1]) {
        target[i] = x
        continue
      }
      state[0] = a
      state[1] = b
      state[2] = c
      state[3] = d
      target[i] = this.#slowNormal(layer, x)
      a = state[0]
      b = state[1]
      c = state[2]
      d = state[3]
    }
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = d
    return target
  }

  /** A Poisson count of this mean; 0 for a mean of zero or less. @throws AppError bad-input if not finite */
  poisson(mean: number): number {
    if (!Number.isFinite(mean)) throw new AppError('bad-input', `a Poisson mean must be finite, got ${mean}`)
    return poisson(this, mean)
  }

  /** Fisher-Yates, in place. Returns the same array. */
  shuffle<T>(array: T[]): T[] {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const held = array[i]
      array[i] = array[j]
      array[j] = held
    }
    return array
  }

  /** Where the stream stands, as four 32-bit numbers: all that a checkpoint needs. */
  state(): number[] {
    return Array.from(this.#state, (part) => part >>> 0)
  }

  /** A generator that goes on where `state` was taken. @throws AppError bad-input */
  static restore(state: readonly number[]): Random {
    const valid = state.length === 4 && state.every((part) => Number.isInteger(part) && part >>> 0 === part)
    if (!valid || state.every((part) => part === 0)) {
      throw new AppError('bad-input', `a random state must be four 32-bit numbers, not all 0, got [${state}]`)
    }
    const random = new Random(0)
    random.#state.set(state)
    return random
  }

  /** The 1.5 % of draws that miss a layer's inner rectangle: the tail, a wedge, or a new draw. */
  #slowNormal(layer: number, x: number): number {
    if (layer === 0) {
      let beyond: number
      do beyond = -ln(1 - this.uniform()) / tailStart
      while (-2 * ln(1 - this.uniform()) < beyond * beyond)
      return x < 0 ? -tailStart - beyond : tailStart + beyond
    }
    const height = heights[layer] + this.uniform() * (heights[layer + 1] - heights[layer])
    return height < exp(-0.5 * x * x) ? x : this.normal()
  }
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

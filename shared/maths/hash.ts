/**
 * MurmurHash3_x86_128 (Austin Appleby, public domain) of a list of integers, each as 8 bytes, two's complement,
 * little-endian, hash seed 0. It spreads related seeds (7, 8; [7, 1], [7, 2]) over unrelated 128-bit states.
 * @param values safe integers
 * @returns four signed 32-bit words
 */
export function murmur128(values: readonly number[]): [number, number, number, number] {
  const words: number[] = []
  for (const value of values) words.push(value | 0, Math.floor(value / 4294967296) | 0)
  let [a, b, c, d] = [0, 0, 0, 0]
  const full = words.length - (words.length % 4)
  for (let i = 0; i < full; i += 4) {
    a = (Math.imul(rotate(a ^ mixA(words[i]), 19) + b, 5) + 0x561ccd1b) | 0
    b = (Math.imul(rotate(b ^ mixB(words[i + 1]), 17) + c, 5) + 0x0bcaa747) | 0
    c = (Math.imul(rotate(c ^ mixC(words[i + 2]), 15) + d, 5) + 0x96cd1c35) | 0
    d = (Math.imul(rotate(d ^ mixD(words[i + 3]), 13) + a, 5) + 0x32ac3b17) | 0
  }
  if (words.length > full) {
    b ^= mixB(words[full + 1])
    a ^= mixA(words[full])
  }
  const byteCount = words.length * 4
  a ^= byteCount
  b ^= byteCount
  c ^= byteCount
  d ^= byteCount
  a = (a + b + c + d) | 0
  b = (b + a) | 0
  c = (c + a) | 0
  d = (d + a) | 0
  a = avalanche(a)
  b = avalanche(b)
  c = avalanche(c)
  d = avalanche(d)
  a = (a + b + c + d) | 0
  return [a, (b + a) | 0, (c + a) | 0, (d + a) | 0]
}

/** FNV-1a, 32 bit, of a text's UTF-16 units: names a stream of random numbers after the thing that draws it. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const mixA = (k: number) => Math.imul(rotate(Math.imul(k, 0x239b961b), 15), 0xab0e9789)
const mixB = (k: number) => Math.imul(rotate(Math.imul(k, 0xab0e9789), 16), 0x38b34ae5)
const mixC = (k: number) => Math.imul(rotate(Math.imul(k, 0x38b34ae5), 17), 0xa1e38b93)
const mixD = (k: number) => Math.imul(rotate(Math.imul(k, 0xa1e38b93), 18), 0x239b961b)

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

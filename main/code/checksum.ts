import { crc32 } from 'node:zlib'

/** CRC-32 of symbols as little-endian 16-bit integers. */
export class Checksum {
  value = 0
  add(symbols: Int16Array): void {
    this.value = crc32(new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength), this.value)
  }
}

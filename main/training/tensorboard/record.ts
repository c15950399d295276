import { maskedCrc32c } from './crc32c.ts'

/**
 * One TFRecord around the payload: length as 64 bits, masked CRC-32C of the length, payload, masked CRC-32C of
 * the payload, all little-endian (tensorflow/core/lib/io/record_writer.h).
 */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(payload.length + 16)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(payload.length), true)
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true)
  record.set(payload, 12)
  view.setUint32(12 + payload.length, maskedCrc32c(payload), true)
  return record
}

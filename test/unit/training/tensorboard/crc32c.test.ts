import { expect, test } from 'vitest'
import { crc32c, maskedCrc32c } from '../../../../main/training/tensorboard/crc32c.ts'

// RFC 3720, appendix B.4, and the check value of the CRC catalogue
test.each([
  ['the catalogue’s check string', new TextEncoder().encode('123456789'), 0xe3069283],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['32 bytes counting up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
])('the CRC-32C of %s', (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc)
})

test('the mask is the one of TFRecord files', () => {
  // computed by masked_crc32c of the Python package tensorboard 2.21.0
  const length = Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0)
  expect(maskedCrc32c(length)).toBe(0x224b7fa3)
})

import { expect, test } from 'vitest'
import {
  bytesField,
  doubleField,
  fieldsOf,
  floatField,
  integerField,
  message,
} from '../../../main/platform/protobuf.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

// Source: the examples of https://protobuf.dev/programming-guides/encoding
test('fields are written as the format says', () => {
  expect(hex(integerField(1, 150))).toBe('089601')
  expect(hex(integerField(1, -2))).toBe('08feffffffffffffffff01')
  expect(hex(bytesField(2, 'testing'))).toBe('120774657374696e67')
  expect(hex(floatField(1, 1))).toBe('0d0000803f')
})

test('fields are read back in their order, each of its wire type', () => {
  const inner = message(integerField(1, 150))
  const bytes = message(
    ...[integerField(3, 7), bytesField(2, inner), floatField(4, 1), doubleField(5, 1), integerField(31, -2)],
  )
  const fields = [...fieldsOf(bytes)].map(({ number, value }) => [
    number,
    typeof value === 'number' ? value : hex(value),
  ])
  expect(fields).toEqual([
    [3, 7],
    [2, '089601'],
    [4, '0000803f'],
    [5, '000000000000f03f'],
    [31, -2],
  ])
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { biharmonic } from '../../../../shared/maths/biharmonic.ts'
import { pushPull } from '../../../../shared/maths/push-pull.ts'

interface Golden {
  width: number
  height: number
  pixels: number[]
  cases: { name: string; missing: number[]; filled: number[] }[]
}
const file = join(import.meta.dirname, '../../../golden/shared/inpaint.json')
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'))
const { width, height } = golden
const photo = Float32Array.from(golden.pixels, (value) => value / 255)

/** The photo with its lost pixels black, and the mask. */
function damaged(indices: readonly number[]) {
  const missing = new Uint8Array(width * height)
  const data = photo.slice()
  for (const i of indices) {
    missing[i] = 1
    data.fill(0, 3 * i, 3 * i + 3)
  }
  return { image: { width, height, channels: 3 as const, data }, missing }
}

// Source: scikit-image 0.26.0, inpaint_biharmonic (scripts/goldens/inpaint.py), rounded to 6 digits.
test.each(golden.cases)('biharmonic, $name: as scikit-image fills it', ({ missing: indices, filled }) => {
  const { image, missing } = damaged(indices)
  const { data } = biharmonic(image, missing)
  let largest = 0
  for (const [k, i] of indices.entries()) {
    for (let c = 0; c < 3; c++) largest = Math.max(largest, Math.abs(data[3 * i + c]! - filled[3 * k + c]!))
  }
  expect(largest).toBeLessThan(2e-6)
  for (let i = 0; i < data.length; i++) if (!missing[Math.floor(i / 3)]) expect(data[i]).toBe(photo[i])
})

test('a picture of which nothing is known is refused', () => {
  const { image, missing } = damaged(Array.from({ length: width * height }, (_, i) => i))
  expect(() => biharmonic(image, missing)).toThrow(expect.objectContaining({ code: 'bad-input' }))
})

test('push and pull: known pixels stay, an even picture stays even, holes lie within what surrounds them', () => {
  const { image, missing } = damaged(golden.cases[0]!.missing)
  const { data } = pushPull(image, missing)
  const [low, high] = [Math.min(...photo), Math.max(...photo)]
  for (let i = 0; i < data.length; i++) {
    if (!missing[Math.floor(i / 3)]) expect(data[i]).toBe(photo[i])
    expect(data[i]).toBeGreaterThanOrEqual(low)
    expect(data[i]).toBeLessThanOrEqual(high)
  }
  const even = image.data.map((_, i) => (missing[Math.floor(i / 3)] ? 0 : 0.25))
  for (const value of pushPull({ ...image, data: even }, missing).data) expect(value).toBeCloseTo(0.25, 6)
})

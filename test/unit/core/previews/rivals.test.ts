import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bitsGrid, placeBits } from '../../../../main/core/previews/bits.ts'
import { decodeRival, encodeRival, seekRival } from '../../../../main/core/previews/rivals.ts'
import { blankLike } from '../../../../main/imaging/raster.ts'
import { readImage } from '../../../../main/imaging/read.ts'
import { rasterTile, setTile } from '../../../../main/imaging/tile-pixels.ts'

async function piece() {
  const photo = await readImage(join(import.meta.dirname, '../../../../assets/samples/lake.jpg'))
  const size = { width: 200, height: 120 }
  const cut = blankLike({ ...photo, ...size })
  setTile(cut, { x: 0, y: 0, ...size }, rasterTile(photo, { x: 300, y: 200, ...size }))
  return cut
}

test('the largest file within the size is found, and a size below all is said to be', async () => {
  const raster = await piece()
  const signal = new AbortController().signal
  for (const format of ['jpeg', 'webp'] as const) {
    const { found } = await seekRival(raster, format, 3000, { signal })
    expect(found!.file.length).toBeLessThanOrEqual(3000)
    const next = await encodeRival(raster, format, found!.quality + 1)
    expect(next.length).toBeGreaterThan(3000)
    const decoded = await decodeRival(found!.file, 3)
    expect(decoded).toHaveLength(200 * 120 * 3)
  }
  const { found, least } = await seekRival(raster, 'jpeg', 50, { signal })
  expect(found).toBeNull()
  expect(least).toBeGreaterThan(50)
})

test('bits of tiles are laid out over the picture, without those of its padding', () => {
  const { rows, columns } = bitsGrid(40, 33)
  expect([rows, columns]).toEqual([3, 3])
  const all = new Float32Array(rows * columns)
  placeBits(
    all,
    { rows, columns },
    { x: 0, y: 0, width: 2, height: 4 },
    Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  )
  placeBits(
    all,
    { rows, columns },
    { x: 2, y: 0, width: 2, height: 4 },
    Float32Array.of(9, 0, 10, 0, 11, 0, 12, 0),
  )
  expect([...all]).toEqual([1, 2, 9, 3, 4, 10, 5, 6, 11])
})

import { writeFile } from 'node:fs/promises'
import { Random } from '../../shared/random.ts'

/** An IDX file of `count` grey images of 28 x 28: blurred strokes, as smooth and as sparse as digits are. */
export async function writeIdxFixture(path: string, count: number): Promise<void> {
  const side = 28
  const bytes = new Uint8Array(16 + count * side * side)
  const header = new DataView(bytes.buffer)
  for (const [i, value] of [0x0803, count, side, side].entries()) header.setUint32(i * 4, value)
  for (let image = 0; image < count; image++) {
    const random = new Random([1, image])
    let [x, y] = [random.between(8, 20), random.between(8, 20)]
    for (let step = 0; step < 40; step++) {
      x = Math.min(24, Math.max(3, x + random.between(-1.5, 1.5)))
      y = Math.min(24, Math.max(3, y + random.between(-1.5, 1.5)))
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const at = 16 + image * side * side + (Math.round(y) + dy) * side + Math.round(x) + dx
          bytes[at] = Math.max(bytes[at], 255 * Math.exp(-(dx * dx + dy * dy) / 2))
        }
      }
    }
  }
  await writeFile(path, bytes)
}

import { writeFile } from 'node:fs/promises'
import { Random } from '../../../shared/random.ts'

/** Writes an IDX file of 28 x 28 images, each a bright blot of its own place and width. */
export async function writeBlots(path: string, count: number): Promise<string> {
  const bytes = new Uint8Array(16 + count * 784)
  const header = new DataView(bytes.buffer)
  for (const [i, value] of [0x0803, count, 28, 28].entries()) header.setUint32(i * 4, value)
  for (let image = 0; image < count; image++) {
    const random = new Random([image])
    const [x, y, width] = [random.between(8, 20), random.between(8, 20), random.between(2, 5)]
    for (let i = 0; i < 784; i++) {
      const distance = Math.hypot((i % 28) - x, Math.floor(i / 28) - y) / width
      bytes[16 + image * 784 + i] = Math.round(255 * Math.exp(-(distance ** 2)))
    }
  }
  await writeFile(path, bytes)
  return path
}

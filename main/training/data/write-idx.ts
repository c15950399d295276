import writeFileAtomic from 'write-file-atomic'

/** Writes unsigned bytes as an IDX file, the last dimension changing fastest. */
export async function writeIdx(path: string, shape: readonly number[], data: Uint8Array): Promise<void> {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length))
  header.setUint32(0, 0x0800 + shape.length)
  for (const [axis, side] of shape.entries()) header.setUint32(4 + 4 * axis, side)
  await writeFileAtomic(path, Buffer.concat([new Uint8Array(header.buffer), data]))
}

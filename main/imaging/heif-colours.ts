import { withFileBytes } from './file-bytes.ts'
import { sharp } from './sharp.ts'

/** `colr` boxes stand in the `meta` box near the start. */
const searchedBytes = 2 ** 20

const primaries: Record<number, string> = { 9: 'BT.2020', 11: 'DCI-P3', 12: 'Display P3' }
const transfers: Record<number, string> = { 8: 'linear', 16: 'PQ', 18: 'HLG' }

let p3: Promise<Buffer | null> | null = null

/**
 * The colours of a HEIC without an ICC profile, by its numbers (ISO/IEC 23091-2): a profile for Display P3; a note where
 * the samples are neither that nor sRGB, but will be taken as such.
 */
export async function describedColours(path: string): Promise<{ icc: Buffer | null; note: string | null }> {
  const numbers = await withFileBytes(path, (read) => {
    const head = read(0, searchedBytes)
    const at = head.indexOf('colrnclx', 0, 'latin1')
    return at < 0 || at + 12 > head.length ? null : [head.readUInt16BE(at + 8), head.readUInt16BE(at + 10)]
  })
  const [colours = 1, transfer = 13] = numbers ?? []
  if (colours === 12 && !transfers[transfer]) {
    p3 ??= displayP3()
    return { icc: await p3, note: null }
  }
  const unusual = [primaries[colours], transfers[transfer]].filter((name) => name)
  const note = unusual.length > 0 ? `its colours are ${unusual.join(' ')}, but are taken as sRGB` : null
  return { icc: null, note }
}

async function displayP3(): Promise<Buffer | null> {
  const pixel = { create: { width: 1, height: 1, channels: 3 as const, background: 'black' } }
  const tagged = await sharp(pixel).withIccProfile('p3').png().toBuffer()
  return (await sharp(tagged).metadata()).icc ?? null
}

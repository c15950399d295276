/**
 * Makes the pictures in test/fixtures/images, which are committed: `node scripts/fixtures-images.ts`.
 * Lossless ones hold `patternAt`; the rest of a file's name says what is special about it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { blockColour, patternRaster, uprightSize } from '../test/unit/imaging/pattern.ts'
import { photoFields, tiffBlock, xmpPacket } from '../test/unit/imaging/tiff-block.ts'

const folder = join(import.meta.dirname, '../test/fixtures/images')
mkdirSync(folder, { recursive: true })
const save = (name: string, bytes: Buffer | string) => writeFileSync(join(folder, name), bytes)

const width = 20
const height = 14

/** The pattern as an interleaved picture; 2 and 4 channels have alpha. */
function pattern(channels: 1 | 2 | 3 | 4, depth: 8 | 16): Sharp {
  const colours = channels < 3 ? 1 : 3
  const { pixels, alpha } = patternRaster(width, height, colours, depth, channels % 2 === 0)
  const mixed =
    depth === 8 ? new Uint8Array(width * height * channels) : new Uint16Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < colours; c++) mixed[i * channels + c] = pixels[i * colours + c]
    if (alpha) mixed[i * channels + colours] = alpha[i]
  }
  const space = colours === 1 ? (depth === 16 ? 'grey16' : 'b-w') : depth === 16 ? 'rgb16' : 'srgb'
  return sharp(mixed, { raw: { width, height, channels } }).toColourspace(space)
}

const kinds = { 1: 'grey', 2: 'grey-alpha', 3: 'rgb', 4: 'rgb-alpha' } as const
for (const depth of [8, 16] as const) {
  for (const channels of [1, 2, 3, 4] as const) {
    const name = `${kinds[channels]}-${depth}`
    save(`${name}.png`, await pattern(channels, depth).png().toBuffer())
    save(`${name}.tif`, await pattern(channels, depth).tiff({ compression: 'lzw' }).toBuffer())
  }
}
save('rgb-8.webp', await pattern(3, 8).webp({ lossless: true }).toBuffer())
save('rgb-alpha-8.webp', await pattern(4, 8).webp({ lossless: true, exact: true }).toBuffer())
save('rgb-8.avif', await pattern(3, 8).avif({ quality: 95 }).toBuffer())
save('rgb-10.avif', await pattern(3, 16).avif({ quality: 95, bitdepth: 10 }).toBuffer())
save('grey-8.jpg', await pattern(1, 8).jpeg({ quality: 95 }).toBuffer())
save('rgb-8.jpg', await pattern(3, 8).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer())
save('progressive-8.jpg', await pattern(3, 8).jpeg({ quality: 95, progressive: true }).toBuffer())
save('cmyk-8.jpg', await pattern(3, 8).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer())
save('lab.tif', await pattern(3, 8).toColourspace('lab').tiff({ compression: 'lzw' }).toBuffer())
save('float.tif', await pattern(3, 8).toColourspace('scrgb').tiff({ compression: 'lzw' }).toBuffer())

/** An image of the colour blocks, `height` times `frames` tall. */
function blocks(): Buffer {
  const pixels = Buffer.alloc(uprightSize.width * uprightSize.height * 3)
  for (let y = 0, at = 0; y < uprightSize.height; y++) {
    for (let x = 0; x < uprightSize.width; x++, at += 3) pixels.set(blockColour(x, y), at)
  }
  return pixels
}
const raw = { ...uprightSize, channels: 3 as const }
save('palette.png', await sharp(blocks(), { raw }).png({ palette: true, dither: 0 }).toBuffer())
save('blocks.gif', await sharp(blocks(), { raw }).gif({ dither: 0 }).toBuffer())
const frames = [
  await sharp(blocks(), { raw }).png().toBuffer(),
  await sharp(blocks(), { raw }).negate().png().toBuffer(),
]
save(
  'two-frames.gif',
  await sharp(frames, { join: { animated: true } })
    .gif({ dither: 0 })
    .toBuffer(),
)

/** Puts APP1 with EXIF right behind the start of a JPEG. */
function withExif(jpeg: Buffer, exif: Buffer): Buffer {
  const head = Buffer.from('\xff\xd8\xff\xe1\0\0Exif\0\0', 'latin1')
  head.writeUInt16BE(exif.length + 8, 4)
  return Buffer.concat([head, exif, jpeg.subarray(2)])
}

/** Where the upright pixel (x, y) is stored in a file of w x h pixels, by EXIF orientation (Exif 2.32, 4.6.4). */
const storedAt: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _w, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x],
}
for (let orientation = 1; orientation <= 8; orientation++) {
  const lying = orientation >= 5
  const w = lying ? uprightSize.height : uprightSize.width
  const h = lying ? uprightSize.width : uprightSize.height
  const pixels = Buffer.alloc(w * h * 3)
  for (let y = 0; y < uprightSize.height; y++) {
    for (let x = 0; x < uprightSize.width; x++) {
      const [sx, sy] = storedAt[orientation](x, y, w, h)
      pixels.set(blockColour(x, y), (sy * w + sx) * 3)
    }
  }
  const stored = sharp(pixels, { raw: { width: w, height: h, channels: 3 } })
  const jpeg = await stored.clone().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer()
  const thumbnail = Buffer.from('thumbnail of the old picture')
  const exif = tiffBlock(photoFields(orientation, w, h), {
    little: orientation % 2 === 0,
    next: [
      [0x0103, 3, [6]],
      [0x927c, 7, thumbnail],
    ],
  })
  save(`orientation-${orientation}.jpg`, withExif(jpeg, exif))
  if (orientation === 6) {
    const tagged = await sharp(withExif(jpeg, exif))
      .keepExif()
      .withIccProfile('p3')
      .withXmp(xmpPacket)
      .jpeg()
      .toBuffer()
    save('tagged.jpg', tagged)
    for (const format of ['png', 'webp', 'avif'] as const) {
      save(`tagged.${format}`, await sharp(tagged).keepMetadata()[format]().toBuffer())
    }
    const fields = photoFields(6, w, h)
    fields.push(
      [0x0100, 3, [w]],
      [0x0101, 3, [h]],
      [0x0102, 3, [8, 8, 8]],
      [0x0103, 3, [1]],
      [0x0106, 3, [2]],
    )
    fields.push([0x0111, 4, []], [0x0115, 3, [3]], [0x0116, 3, [h]], [0x0117, 4, [pixels.length]])
    fields.push([0x02bc, 1, Buffer.from(xmpPacket)])
    save('tagged.tif', tiffBlock(fields, { little: false, pixels }))
  }
}

// Files that must be refused.
const noise = Buffer.from(Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * 7919 + (i >> 4) * 104729) & 255))
const noisy = sharp(noise, { raw: { width: 96, height: 96, channels: 3 } })
for (const [format, bytes] of [
  ['jpg', await noisy.clone().jpeg({ quality: 60 }).toBuffer()],
  ['png', await noisy.clone().png().toBuffer()],
  ['webp', await noisy.clone().webp({ quality: 50 }).toBuffer()],
  ['avif', await noisy.clone().avif({ quality: 30 }).toBuffer()],
  ['tif', await noisy.clone().tiff({ compression: 'jpeg', quality: 50 }).toBuffer()],
  ['gif', await noisy.clone().resize(48).gif().toBuffer()],
] as const) {
  save(`truncated.${format}`, bytes.subarray(0, Math.floor(bytes.length * 0.6)))
}
const bomb = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
  .png()
  .toBuffer()
bomb.writeUInt32BE(60000, 16)
bomb.writeUInt32BE(60000, 20)
bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
save('bomb.png', bomb)
const damaged = await pattern(3, 8).png().toBuffer()
damaged.fill(0x55, damaged.indexOf('IDAT') + 20, damaged.indexOf('IDAT') + 60)
save('damaged.png', damaged)
save('empty.jpg', '')
save('text.jpg', 'This is a letter, not a picture.\n')
save(
  'vector.png',
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>',
)
save('png-named.jpg', await pattern(3, 8).png().toBuffer())

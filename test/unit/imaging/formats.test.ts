import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { formatOfContent, formatOfName, imageFormats, outputFormats } from '../../../main/imaging/formats.ts'
import { fixture } from './folder.ts'

it('knows formats by content and by name', () => {
  for (const [name, format] of [
    ['rgb-8.png', 'png'],
    ['rgb-8.jpg', 'jpeg'],
    ['rgb-8.webp', 'webp'],
    ['rgb-8.avif', 'avif'],
    ['tagged.tif', 'tiff'],
    ['rgb-8.tif', 'tiff'],
    ['blocks.gif', 'gif'],
    ['text.jpg', null],
  ] as const) {
    expect(formatOfContent(readFileSync(fixture(name)).subarray(0, 32)), name).toBe(format)
  }
  expect(formatOfName('/a/B.JPEG')).toBe('jpeg')
  expect(formatOfName('/a.png/b')).toBeNull()
})

it('lists what this build reads and writes, with versions', () => {
  const { reads, writes, versions } = imageFormats()
  const raw = ['dng', 'cr2', 'cr3', 'nef', 'arw', 'raf']
  expect(reads).toEqual(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'heic', ...raw])
  expect(versions).toMatchObject({ 'libheif-js': '1.23.2', 'libraw-wasm': '1.6.0' })
  expect(writes).toEqual(Object.keys(outputFormats))
  expect(versions.vips).toMatch(/^8\./)
  expect(versions.sharp).toMatch(/^0\./)
})

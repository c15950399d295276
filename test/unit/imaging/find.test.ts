import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findImages } from '../../../main/imaging/find.ts'
import { failure, temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
for (const below of ['a/deep', 'b', 'none', 'odd (1) [x]'])
  mkdirSync(join(folder, below), { recursive: true })
for (const file of [
  'a/2.JPG',
  'a/10.png',
  'a/notes.txt',
  'a/.hidden.jpg',
  'a/deep/3.tiff',
  'b/4.webp',
  'IMG[1].jpg',
  'odd (1) [x]/5.avif',
]) {
  writeFileSync(join(folder, file), '')
}
const found = async (paths: string[], recursive = false) =>
  (await findImages(paths, { recursive, cwd: folder })).map((image) => image.relativePath)

it('a folder gives its images, and with recursive those below, with their path', async () => {
  expect(await found(['a'])).toEqual(['10.png', '2.JPG'])
  expect(await found(['a'], true)).toEqual(['10.png', '2.JPG', 'deep/3.tiff'])
  expect(await found(['.'], true)).toEqual([
    'IMG[1].jpg',
    'a/10.png',
    'a/2.JPG',
    'a/deep/3.tiff',
    'b/4.webp',
    'odd (1) [x]/5.avif',
  ])
})

it('files are taken by name, whatever their extension, each once', async () => {
  expect(await found(['IMG[1].jpg', 'a/notes.txt', 'IMG[1].jpg', join(folder, 'IMG[1].jpg')])).toEqual([
    'IMG[1].jpg',
    'notes.txt',
  ])
  expect(await found(['odd (1) [x]'])).toEqual(['5.avif'])
})

it('globs start from their fixed part', async () => {
  expect(await found(['a/**/*.{JPG,tiff,txt}'])).toEqual(['2.JPG', 'deep/3.tiff'])
  expect(await found(['*/[0-9].*'])).toEqual(['a/2.JPG', 'b/4.webp', 'odd (1) [x]/5.avif'])
  const images = await findImages([`${folder.replaceAll('\\', '/')}/b/*`])
  expect(images).toEqual([{ path: join(folder, 'b', '4.webp'), relativePath: '4.webp' }])
})

it('says what does not exist or holds nothing', async () => {
  for (const [path, words] of [
    ['gone.jpg', 'does not exist'],
    ['none', 'holds no image (folders below it were not searched)'],
    ['none/*.jpg', 'holds no image'],
  ]) {
    const error = await failure(findImages([path], { cwd: folder }))
    expect(error.code).toBe('not-found')
    expect(error.message).toContain(path)
    expect(error.message).toContain(words)
  }
  expect(await failure(findImages([]))).toMatchObject({ code: 'bad-input' })
  expect(await found(['none', 'b', 'none/*.jpg'])).toEqual(['4.webp'])
  const { message } = await failure(findImages(['none', 'none/*.jpg'], { cwd: folder, recursive: true }))
  expect(message).toBe(`${join(folder, 'none')} holds no image, and neither do the others`)
})

it('follows no link to where it may not', async () => {
  const [inside, outside] = ['inside', 'outside'].map((name) => join(realpathSync(temporaryFolder()), name))
  for (const place of [inside!, outside!]) {
    mkdirSync(join(place, 'deep'), { recursive: true })
    writeFileSync(join(place, 'deep', 'own.jpg'), '')
  }
  for (const [name, place] of [
    ['in', inside!],
    ['out', outside!],
  ] as const) {
    symlinkSync(join(place, 'deep'), join(inside!, name))
    symlinkSync(join(place, 'deep', 'own.jpg'), join(inside!, `${name}.jpg`))
  }
  const allows = (real: string) => real.startsWith(inside!)
  const paths = async (named: string, options = {}) =>
    (await findImages([named], { recursive: true, ...options })).map(({ relativePath }) => relativePath)
  const own = ['deep/own.jpg', 'in.jpg', 'in/own.jpg']
  expect(await paths(inside!)).toEqual([...own, 'out.jpg', 'out/own.jpg'])
  expect(await paths(inside!, { allows })).toEqual(own)
  expect(await paths(`${inside}/*/*.jpg`, { allows })).toEqual(['deep/own.jpg', 'in/own.jpg'])
  // As it stands the pattern names no folder; without its escape it does.
  expect(await failure(paths(`${inside}/o\\ut/*.jpg`, { allows }))).toMatchObject({ code: 'not-found' })
})

it('goes into no further folder once it is stopped', async () => {
  const stop = new AbortController()
  const entered: string[] = []
  const allows = (real: string) => {
    stop.abort()
    return entered.push(real) > 0
  }
  const work = findImages(['.'], { recursive: true, cwd: folder, signal: stop.signal, allows })
  await expect(work).rejects.toMatchObject({ name: 'AbortError' })
  expect(entered).toEqual([realpathSync(folder)])
})

it('finds other kinds of files where told to', async () => {
  writeFileSync(join(folder, 'a/deep/photo.HGI'), '')
  const options = { recursive: true, cwd: folder, extensions: ['.hgi'] }
  expect((await findImages(['a'], options)).map(({ relativePath }) => relativePath)).toEqual([
    'deep/photo.HGI',
  ])
  expect((await failure(findImages(['b'], options))).message).toMatch(/b holds no \.hgi file$/)
})

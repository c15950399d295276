import { expect, test } from 'vitest'
import { catalogAt } from './helpers.ts'
import { photo, sha256 } from './photo.ts'

test('an image comes back as it was added', () => {
  const { images } = catalogAt()
  const exif = { camera: 'Camera 5', iso: 3200, takenAtMs: 1234 }
  const added = photo('/photos/Moon.tif', 'moon', { bitDepth: 16, hasAlpha: true, exif })
  const { id, outcome } = images.add(added)
  expect(outcome).toBe('added')
  const { mtimeMs, ...facts } = added
  expect(images.byId(id)).toMatchObject({ ...facts, id, name: 'Moon.tif', takenAtMs: 1234 })
  expect(images.byPath('/photos/../photos/Moon.tif')?.id).toBe(id)
  expect(images.byHash(sha256('moon'))?.id).toBe(id)
  expect(images.unchanged('/photos/Moon.tif', 1000, mtimeMs)?.id).toBe(id)
  expect(images.unchanged('/photos/Moon.tif', 1000, mtimeMs + 1)).toBeUndefined()
  expect(images.unchanged('/photos/Moon.tif', 999, mtimeMs)).toBeUndefined()
  expect(images.byId(id + 1) ?? images.byPath('/photos/x') ?? images.byHash('x')).toBeUndefined()
})

test('without EXIF the time taken is the file’s', () => {
  const { images } = catalogAt()
  expect(images.byId(images.add(photo('/a.png')).id)?.takenAtMs).toBe(5000)
})

test('equal content in two files is one image in two places', () => {
  const { images } = catalogAt()
  const outcomes = images.addMany([photo('/a.jpg', 'same'), photo('/b.jpg', 'same'), photo('/a.jpg', 'same')])
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['added', 'duplicate', 'known'])
  expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1)
  expect(images.locations(outcomes[0].id).map(({ path }) => path)).toEqual(['/a.jpg', '/b.jpg'])
  images.add(photo('/c.jpg', 'other'))
  expect(images.duplicates().map(({ path }) => path)).toEqual(['/a.jpg'])
})

test('a file that was edited leaves its old content, unless that is elsewhere too', () => {
  const { images } = catalogAt()
  const first = images.add(photo('/a.jpg', 'before'))
  const second = images.add(photo('/a.jpg', 'after'))
  expect(second.outcome).toBe('changed')
  expect(images.byId(first.id)).toBeUndefined()
  expect(images.byPath('/a.jpg')?.sha256).toBe(sha256('after'))
  images.add(photo('/copy.jpg', 'after'))
  images.add(photo('/a.jpg', 'later'))
  expect(images.byId(second.id)?.path).toBe('/copy.jpg')
})

test('moving and forgetting files', () => {
  const { images, browse } = catalogAt()
  const { id } = images.add(photo('/a.jpg', 'same'))
  images.add(photo('/b.jpg', 'same'))
  images.move('/a.jpg', '/holiday/z.jpg')
  expect(images.byId(id)).toMatchObject({ path: '/holiday/z.jpg', name: 'z.jpg' })
  expect(browse.search('holiday').map((image) => image.id)).toEqual([id])
  expect(() => images.move('/a.jpg', '/c.jpg')).toThrow('no image at /a.jpg')
  expect(() => images.move('/b.jpg', '/holiday/z.jpg')).toThrow('has this already')

  expect(images.forget('/holiday/z.jpg')).toBe(true)
  expect(images.byId(id)).toMatchObject({ path: '/b.jpg', name: 'b.jpg' })
  expect(images.forget('/b.jpg')).toBe(true)
  expect(images.byId(id)).toBeUndefined()
  expect(images.forget('/b.jpg')).toBe(false)
  expect(browse.search('jpg')).toEqual([])
})

test('many are all there, in order', () => {
  const { images } = catalogAt()
  const added = images.addMany(Array.from({ length: 1234 }, (_, n) => photo(`/photos/${n}.jpg`)))
  expect(images.count()).toBe(1234)
  expect(images.byId(added[777].id)?.path).toBe('/photos/777.jpg')
})

test('refuses what is no hash', () => {
  expect(() => catalogAt().images.add({ ...photo('/a.jpg'), sha256: 'abc' })).toThrow('refuses a value')
})

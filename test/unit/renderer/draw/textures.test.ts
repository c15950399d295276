import { expect, test } from 'vitest'
import type { Picture, Pixels } from '../../../../renderer/draw/picture.ts'
import { Textures } from '../../../../renderer/draw/textures.ts'

const pixels = {} as Pixels

/** A picture whose coarse whole is what `coarse` gives. */
function picture(key: string, version: number, coarse: Picture['coarse']): Picture {
  return { key, version, width: 100, height: 100, coarse, tile: async () => null }
}

/** One frame that wants the whole of some pictures; resolves once what it began to fetch has arrived. */
async function frame(textures: Textures, pictures: readonly Picture[]) {
  textures.begin()
  const pieces = pictures.map((one) => textures.coarse(one))
  textures.end()
  await new Promise((resolve) => setTimeout(resolve, 0))
  return pieces
}

test('what was not there is asked for again once its picture has grown, and not before', async () => {
  const textures = new Textures(() => {})
  let asked = 0
  const growing = (version: number) =>
    picture('result', version, async () => {
      asked++
      return version < 2 ? null : pixels
    })
  for (const version of [0, 0, 1, 1]) await frame(textures, [growing(version)])
  expect(asked).toBe(2)
  for (const _ of [0, 1]) await frame(textures, [growing(2)])
  expect(asked).toBe(3)
  expect(await frame(textures, [growing(2)])).toMatchObject([{ region: { width: 100 } }])
})

test('a failure is that of what is shown: another picture has none, and a retry asks again', async () => {
  const textures = new Textures(() => {})
  let isThere = false
  const lost = picture('lost', 0, async () => {
    if (!isThere) throw new Error('lost.jpg is gone')
    return pixels
  })
  const whole = picture('whole', 0, async () => pixels)
  for (const _ of [0, 1]) await frame(textures, [lost, whole])
  expect(textures.failure?.message).toBe('lost.jpg is gone')
  await frame(textures, [whole])
  expect(textures.failure).toBeUndefined()
  isThere = true
  textures.retry()
  for (const _ of [0, 1]) await frame(textures, [lost])
  expect(textures.failure).toBeUndefined()
  expect((await frame(textures, [lost]))[0]).toBeDefined()
})

test('of a piece that arrives twice the first texture is dropped', async () => {
  const textures = new Textures(() => {})
  let answer: (() => void)[] = []
  const slow = picture('slow', 0, () => new Promise((resolve) => answer.push(() => resolve(pixels))))
  await frame(textures, [slow])
  await frame(textures, []) // no longer wanted, but it comes all the same
  await frame(textures, [slow])
  for (const one of answer.splice(0)) one()
  answer = []
  await frame(textures, [slow])
  await frame(textures, [slow])
  const { uploads, deleted } = textures.take()
  expect(uploads).toHaveLength(2)
  expect(deleted).toEqual([uploads[0]!.id])
})

import { expect, test } from 'vitest'
import { Limiter } from '../../../../main/core/pictures/limiter.ts'

const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))

test('so many at a time, the latest first, and none that nobody wants any more', async () => {
  const limiter = new Limiter(2)
  const begun: number[] = []
  let [running, most] = [0, 0]
  const work = (i: number, signal?: AbortSignal) =>
    limiter.run(async () => {
      begun.push(i)
      most = Math.max(most, ++running)
      await pause()
      running--
      return i
    }, signal)
  const gone = new AbortController()
  const all = [work(0), work(1), work(2), work(3, gone.signal), work(4)]
  gone.abort()
  const results = await Promise.allSettled(all)
  expect(results.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  ])
  expect(begun).toEqual([0, 1, 4, 2])
  expect(most).toBe(2)
  expect(await work(5)).toBe(5)
})

import { expect, test } from 'vitest'
import { Inbox, Topic } from '../../../main/core/topic.ts'

const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))

test('an inbox gives all in order, then its end or its failure', async () => {
  const inbox = new Inbox<number>()
  const signal = new AbortController().signal
  const seen: number[] = []
  const reading = (async () => {
    for await (const value of inbox.until(signal)) {
      seen.push(value)
      await pause(1)
    }
  })()
  for (let i = 0; i < 5; i++) inbox.put(i)
  await pause(20)
  inbox.put(5)
  inbox.close({ error: new Error('broken') })
  await expect(reading).rejects.toThrow('broken')
  expect(seen).toEqual([0, 1, 2, 3, 4, 5])
})

test('a signal ends the reading at once, and the topic forgets its listener', async () => {
  const topic = new Topic<string>()
  const stop = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const value of topic.values(stop.signal)) seen.push(value)
  })()
  await pause()
  topic.publish('a')
  await pause()
  stop.abort()
  await reading
  topic.publish('b')
  expect(seen).toEqual(['a'])
})

test('of states that come close together only the last is told', async () => {
  const topic = new Topic<number>()
  const stop = new AbortController()
  const seen: number[] = []
  const reading = (async () => {
    for await (const value of topic.latest(stop.signal, 30)) seen.push(value)
  })()
  await pause()
  for (let i = 1; i <= 10; i++) topic.publish(i)
  await pause(60)
  topic.publish(11)
  await pause(60)
  stop.abort()
  await reading
  expect(seen.length).toBeLessThanOrEqual(4)
  expect(seen.at(-1)).toBe(11)
  expect(seen).toContain(10)
})

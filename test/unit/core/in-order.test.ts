import { expect, test } from 'vitest'
import { inOrder } from '../../../main/core/in-order.ts'

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

test('results come in order, however long each takes, and no more at once than asked', async () => {
  let [running, most] = [0, 0]
  const work = async (item: number) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5))
    running--
    return item * 10
  }
  const items = Array.from({ length: 20 }, (_, i) => i)
  expect(await all(inOrder(items, 3, work))).toEqual(items.map((item) => item * 10))
  expect(most).toBe(3)
  expect(await all(inOrder([], 3, work))).toEqual([])
})

test('a failure comes at its place, and what was begun behind it is left', async () => {
  const seen: number[] = []
  const work = async (item: number) => {
    if (item >= 2) throw new Error(`no ${item}`)
    return item
  }
  const listen = async () => {
    for await (const item of inOrder([0, 1, 2, 3], 4, work)) seen.push(item)
  }
  await expect(listen()).rejects.toThrow('no 2')
  expect(seen).toEqual([0, 1])
})

import { expect, test } from 'vitest'
import { pageBytes, readPaged, writePaged } from '../../../../main/training/data/paged-pixels.ts'
import { PhotoMemory } from '../../../../main/training/data/photo-memory.ts'

const sizes = [pageBytes * 2, pageBytes + 1, pageBytes, pageBytes * 5]

/** Writes a view as a thread does. */
function fill(memory: PhotoMemory, view: number, pages: Uint32Array): void {
  writePaged(new Uint8Array(memory.shared.pixels), pages, new Uint8Array(sizes[view]).fill(view + 1))
  new Int32Array(memory.shared.filled)[view] = 1
}

test('what is written across pages is read back from any byte on', () => {
  const memory = new PhotoMemory(sizes, pageBytes * 10)
  memory.acquire(2, sizes[2])
  const pages = memory.acquire(0, sizes[0])!
  const source = Uint8Array.from({ length: sizes[0] }, (_, i) => i * 7 + (i >> 8))
  const block = new Uint8Array(memory.shared.pixels)
  writePaged(block, pages, source)
  for (const [from, length] of [
    [0, source.length],
    [pageBytes - 5, 10],
    [pageBytes, 3],
    [source.length - 1, 1],
  ]) {
    const target = new Uint8Array(length)
    readPaged(block, pages, from, target)
    expect(target).toEqual(source.slice(from, from + length))
  }
})

test('the view unused for longest makes room; one in use stays; the budget holds', () => {
  const memory = new PhotoMemory(sizes, pageBytes * 5)
  for (const view of [0, 1]) fill(memory, view, memory.acquire(view, sizes[view])!)
  memory.release(0)
  memory.release(1)
  memory.acquire(0, sizes[0])
  expect(memory.heldBytes).toBe(pageBytes * 4)
  // five pages: only view 1 may go, so there is no room, whatever else is asked for
  expect(memory.acquire(3, sizes[3])).toBeUndefined()
  expect([memory.isFilled(0), memory.isFilled(1)]).toEqual([true, false])
  memory.release(0)
  expect(memory.acquire(3, sizes[3])).toHaveLength(5)
  expect(memory.isFilled(0)).toBe(false)
  expect(memory.heldBytes).toBe(pageBytes * 5)
})

test('two views never share a page', () => {
  const memory = new PhotoMemory(sizes, pageBytes * 10)
  const pages = [0, 1, 2, 3].flatMap((view) => [...memory.acquire(view, sizes[view])!])
  expect(new Set(pages).size).toBe(2 + 2 + 1 + 5)
})

test('what was asked for again stays longer than what was not', () => {
  const memory = new PhotoMemory(sizes, pageBytes * 5)
  for (const view of [0, 1, 0]) {
    fill(memory, view, memory.acquire(view, sizes[view])!)
    memory.release(view)
  }
  memory.acquire(2, sizes[2])
  expect([memory.isFilled(0), memory.isFilled(1)]).toEqual([true, true])
  memory.acquire(3, pageBytes)
  expect([memory.isFilled(0), memory.isFilled(1)]).toEqual([true, false])
})

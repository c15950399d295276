import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEventWriter } from '../../../main/training/tensorboard.ts'
import { find, readRecords } from './tensorboard/read-events.ts'

const folder = mkdtempSync(join(tmpdir(), 'hourglass-events-'))
const nowMs = 1_700_000_000_250
let png: Buffer
let paths: string[]

beforeAll(async () => {
  png = await sharp({ create: { width: 6, height: 4, channels: 3, background: '#36c' } })
    .png()
    .toBuffer()
  const first = createEventWriter(folder, { now: () => nowMs })
  first.parameters({ batch: 16, model: 'dense', clip: true }, 'run 7')
  for (const step of [100, 200, 300]) first.scalars(step, { 'loss/training': step / 1000, rate: 1e-3 })
  first.image(200, 'reconstruction', { png, width: 6, height: 4 })
  first.text(0, 'notes', 'Größe **784** → 16')
  first.close()
  // killed after 300, resumed from the checkpoint at 200
  const second = createEventWriter(folder, { now: () => nowMs + 1, resumedAtStep: 201 })
  second.scalars(300, { 'loss/training': 0.25 })
  second.close()
  paths = [first.path, second.path]
})

afterAll(() => rmSync(folder, { recursive: true }))

test('files are named for TensorBoard, in the order in which they were begun', () => {
  const names = readdirSync(folder).sort()
  expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(names)
  for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.1700000000\.\d{3}\.[\w-]+$/)
})

test('an independent reader finds both CRCs right and the values in place', () => {
  const events = readRecords(readFileSync(paths[0]!))
  expect(events).toHaveLength(7)
  expect(String(find(events[0]!, 3))).toBe('brain.Event:2')
  expect((find(events[0]!, 1) as Buffer).readDoubleLE()).toBe(nowMs / 1000)
  const scalar = events[3]!
  expect(find(scalar, 2)).toBe(200n)
  expect(String(find(scalar, 5, 1, 1))).toBe('loss/training')
  expect((find(scalar, 5, 1, 2) as Buffer).readFloatLE()).toBe(Math.fround(0.2))
  expect(find(events[5]!, 5, 1, 4, 4)).toEqual(png)
  const [, restart] = readRecords(readFileSync(paths[1]!))
  expect([find(restart!, 2), find(restart!, 7, 1)]).toEqual([201n, 1n])
})

test('the independent reader refuses a flipped bit anywhere', () => {
  const bytes = readFileSync(paths[1]!)
  for (let at = 0; at < bytes.length; at += 3) {
    const broken = Buffer.from(bytes)
    broken[at]! ^= 4
    expect(() => readRecords(broken)).toThrow()
  }
})

test('what was flushed is in the file before it is closed', () => {
  const writer = createEventWriter(join(folder, 'flushed'))
  writer.scalars(1, { loss: 1 })
  expect(readRecords(readFileSync(writer.path))).toHaveLength(1)
  writer.flush()
  expect(readRecords(readFileSync(writer.path))).toHaveLength(2)
  writer.close()
  writer.close()
  expect(() => writer.scalars(2, { loss: 1 })).toThrow(/closed/)
  rmSync(join(folder, 'flushed'), { recursive: true })
})

test('a folder that cannot be made is named', () => {
  const file = join(folder, 'not-a-folder')
  writeFileSync(file, '')
  expect(() => createEventWriter(join(file, 'events'))).toThrow(/not-a-folder/)
  rmSync(file)
})

describe('TensorBoard’s own reader', () => {
  const python = process.env.HOURGLASS_TEST_PYTHON ?? 'python3'
  const script = join(import.meta.dirname, '../../fixtures/training/read-tensorboard.py')

  test('finds the same values, and drops what was repeated after a resume', ({ skip }) => {
    try {
      execFileSync(python, ['-c', 'import tensorboard'], { stdio: 'ignore' })
    } catch {
      skip(`${python} has no tensorboard package, so its reader was not tried`)
    }
    const found = JSON.parse(
      String(execFileSync(python, [script, folder], { stdio: ['ignore', 'pipe', 'ignore'] })),
    )
    const seconds = nowMs / 1000
    expect(found.scalars['loss/training']).toEqual([
      [100, seconds, Math.fround(0.1)],
      [200, seconds, Math.fround(0.2)],
      [300, (nowMs + 1) / 1000, Math.fround(0.25)],
    ])
    expect(found.images).toEqual({ reconstruction: [[200, 6, 4, png.length]] })
    expect(found.texts).toEqual({ notes: ['Größe **784** → 16'] })
    expect(found.parameters).toEqual({ batch: 16, model: 'dense', clip: true })
  })
})

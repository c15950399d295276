import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import {
  type EventImage,
  encodeImage,
  encodeParameters,
  encodeRestart,
  encodeScalars,
  encodeText,
  encodeVersion,
  type ParameterValue,
} from './tensorboard/event.ts'
import { frameRecord } from './tensorboard/record.ts'

/** Writes what a run reports where TensorBoard finds it. What was flushed survives a kill. */
export interface EventWriter {
  readonly path: string
  /** Numbers by tag, such as { 'loss/training': 0.1 }; kept as float32. */
  scalars(step: number, values: Readonly<Record<string, number>>): void
  image(step: number, tag: string, image: EventImage): void
  /** Markdown */
  text(step: number, tag: string, markdown: string): void
  /** The settings of the run, once, for the hparams tab. */
  parameters(values: Readonly<Record<string, ParameterValue>>, runName: string): void
  flush(): void
  close(): void
}

export interface EventWriterOptions {
  /** Given when a run goes on: readers then drop what earlier files of the folder hold from this step on. */
  readonly resumedAtStep?: number
  /** The clock in milliseconds since 1970, for tests. */
  readonly now?: () => number
}

const bufferedBytesLimit = 1 << 16

/**
 * A new event file in the folder, beside those of earlier parts of the run: TFRecords of Event messages, named
 * events.out.tfevents.SECONDS.HOST as TensorBoard expects. Records are held back until 64 KiB or flush().
 * Throws AppError `unreadable` when the folder or the file cannot be written.
 */
export function createEventWriter(folder: string, options: EventWriterOptions = {}): EventWriter {
  const now = options.now ?? Date.now
  const { path, file } = openEventFile(folder, now())
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let open = true

  function flush(): void {
    for (const record of waiting) write(file, path, record)
    waiting = []
    waitingBytes = 0
  }

  function append(payload: Uint8Array): void {
    if (!open) throw new AppError('internal', `${path}: an event was written after the file was closed`)
    const record = frameRecord(payload)
    waiting.push(record)
    waitingBytes += record.length
    if (waitingBytes >= bufferedBytesLimit) flush()
  }

  const at = (step: number) => ({ step, wallSeconds: now() / 1000 })
  append(encodeVersion(now() / 1000))
  if (options.resumedAtStep !== undefined) append(encodeRestart(at(options.resumedAtStep)))
  flush()
  return {
    path,
    scalars: (step, values) => append(encodeScalars(at(step), values)),
    image: (step, tag, image) => append(encodeImage(at(step), tag, image)),
    text: (step, tag, markdown) => append(encodeText(at(step), tag, markdown)),
    parameters: (values, runName) => append(encodeParameters(at(0), values, runName)),
    flush,
    close() {
      if (!open) return
      flush()
      open = false
      fsyncSync(file)
      closeSync(file)
    },
  }
}

/** TensorBoard reads the files of a run in the order of their names, so a later file gets a later name. */
function openEventFile(folder: string, nowMs: number): { path: string; file: number } {
  const seconds = String(Math.floor(nowMs / 1000)).padStart(10, '0')
  const host = hostname().replaceAll(/[^\w-]/g, '_')
  try {
    mkdirSync(folder, { recursive: true })
    for (let part = 0; ; part++) {
      const path = join(folder, `events.out.tfevents.${seconds}.${String(part).padStart(3, '0')}.${host}`)
      if (!existsSync(path)) return { path, file: openSync(path, 'ax') }
    }
  } catch (cause) {
    throw new AppError('unreadable', `${folder}: no event file can be written here (${String(cause)})`, {
      cause,
    })
  }
}

function write(file: number, path: string, record: Uint8Array): void {
  try {
    for (let at = 0; at < record.length; ) at += writeSync(file, record, at)
  } catch (cause) {
    throw new AppError('unreadable', `${path}: could not append to the event file (${String(cause)})`, {
      cause,
    })
  }
}

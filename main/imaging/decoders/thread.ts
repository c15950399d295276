import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { DecoderFailure, type FailureKind } from './failure.ts'
import { LibHeif } from './libheif.ts'
import { LibRaw } from './libraw.ts'
import type { DecoderTask, DecoderTasks } from './tasks.ts'

/** What a decoder thread answers; the rest of `DecoderTasks`' types is kept by both sides. */
export type Answer = { readonly output: unknown } | { readonly failure: FailureKind; readonly words: string }

export interface Question {
  readonly task: DecoderTask
  readonly input: DecoderTasks[DecoderTask]['input']
}

/** A thread that decodes what TypeScript and sharp cannot, in WebAssembly: that would block any other. */
const port = parentPort!
let libraw: Promise<LibRaw> | null = null
const raw = () => {
  libraw ??= LibRaw.load()
  return libraw
}

/** A heap that has grown beyond this is left to the collector: a thread may wait for long. */
const keptHeapBytes = 2 ** 27
let libheif: Promise<LibHeif> | null = null
async function withHeif<Result>(work: (heif: LibHeif) => Result): Promise<Result> {
  libheif ??= LibHeif.load()
  const heif = await libheif
  const result = work(heif)
  if (heif.memoryBytes > keptHeapBytes) libheif = null
  return result
}

const work: { [Task in DecoderTask]: (input: DecoderTasks[Task]['input']) => Promise<unknown> } = {
  rawFacts: async ({ path }) => (await raw()).facts(readFileSync(path)),
  rawPixels: async ({ path, half }) => (await raw()).pixels(readFileSync(path), half),
  rawPreview: async ({ path }) => (await raw()).preview(readFileSync(path)),
  heifPixels: ({ path, ...wanted }) => withHeif((heif) => heif.pixels(readFileSync(path), wanted)),
  heifPreview: ({ path, longestSide }) => withHeif((heif) => heif.preview(readFileSync(path), longestSide)),
}

port.on('message', async ({ task, input }: Question) => {
  try {
    const output = await work[task](input as never)
    port.postMessage({ output } satisfies Answer, arraysOf(output))
  } catch (error) {
    const failure = error instanceof DecoderFailure ? error.kind : 'damaged'
    const isMemory = error instanceof RangeError || /memory|allocat/i.test(String(error))
    const words = error instanceof Error ? error.message : String(error)
    const kind = error instanceof DecoderFailure || !isMemory ? failure : 'too-large'
    port.postMessage({ failure: kind, words } satisfies Answer)
  }
})

/** The memory of the arrays in an answer, which moves instead of being copied. */
function arraysOf(output: unknown): ArrayBuffer[] {
  if (typeof output !== 'object' || output === null) return []
  if (ArrayBuffer.isView(output)) return [output.buffer as ArrayBuffer]
  return [...new Set(Object.values(output).flatMap(arraysOf))]
}

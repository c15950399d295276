import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { DecoderFailure, type FailureKind } from './failure.ts'
import { heifPixels } from './libheif.ts'
import { LibRaw } from './libraw.ts'
import type { DecodedPixels, DecoderTask, DecoderTasks, RawPreview } from './tasks.ts'

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

const work: { [Task in DecoderTask]: (input: DecoderTasks[Task]['input']) => Promise<unknown> } = {
  rawFacts: async ({ path }) => (await raw()).facts(readFileSync(path)),
  rawPixels: async ({ path, half }) => (await raw()).pixels(readFileSync(path), half),
  rawPreview: async ({ path }) => (await raw()).preview(readFileSync(path)),
  heifPixels: async ({ path, ...wanted }) => heifPixels(readFileSync(path), wanted),
}

port.on('message', async ({ task, input }: Question) => {
  try {
    const output = await work[task](input as never)
    const { pixels, alpha, bytes } = (output ?? {}) as Partial<DecodedPixels & { bytes: RawPreview }>
    const arrays = [pixels, alpha, bytes].filter((part) => ArrayBuffer.isView(part))
    port.postMessage({ output } satisfies Answer, [
      ...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer)),
    ])
  } catch (error) {
    const failure = error instanceof DecoderFailure ? error.kind : 'damaged'
    const isMemory = error instanceof RangeError || /memory|allocat/i.test(String(error))
    const words = error instanceof Error ? error.message : String(error)
    const kind = error instanceof DecoderFailure || !isMemory ? failure : 'too-large'
    port.postMessage({ failure: kind, words } satisfies Answer)
  }
})

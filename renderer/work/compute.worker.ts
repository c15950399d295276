import { type LostDetailTask, lostDetailPixels } from './lost-detail.ts'
import { type NoiseTask, noisyPixels } from './noisy-pixels.ts'

/** What is computed beside the window's own thread. */
export interface Tasks {
  lostDetail: { input: LostDetailTask; output: ImageData }
  noise: { input: NoiseTask; output: ImageData }
}

export interface Request {
  readonly id: number
  readonly task: keyof Tasks
  readonly input: unknown
}

export type Reply = { readonly id: number } & ({ readonly output: unknown } | { readonly message: string })

const tasks: { [Name in keyof Tasks]: (input: Tasks[Name]['input']) => Promise<Tasks[Name]['output']> } = {
  lostDetail: lostDetailPixels,
  noise: noisyPixels,
}

self.onmessage = async ({ data: { id, task, input } }: MessageEvent<Request>) => {
  try {
    const output = await tasks[task](input as never)
    self.postMessage({ id, output } satisfies Reply, { transfer: [output.data.buffer] })
  } catch (error) {
    self.postMessage({ id, message: (error as Error).message } satisfies Reply)
  }
}

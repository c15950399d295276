import { readFileSync } from 'node:fs'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'

const bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(300), height: z.int().min(200) })
const shellState = z.object({
  bounds: bounds.nullable().default(null),
  isMaximized: z.boolean().default(false),
  /** the latest first */
  recentFolders: z.array(z.string()).max(20).default([]),
})
export type ShellState = z.output<typeof shellState>

const mostRecent = 10

/** What the shell remembers: where the window was, and which folders were opened lately. */
export class StateStore {
  readonly #path: string
  #state: ShellState

  constructor(path: string) {
    this.#path = path
    this.#state = readState(path)
  }

  get current(): ShellState {
    return this.#state
  }

  set(change: Partial<ShellState>): void {
    this.#state = { ...this.#state, ...change }
    writeFileAtomic(this.#path, `${JSON.stringify(this.#state, null, 2)}\n`).catch(() => {})
  }

  addRecent(folder: string): void {
    const others = this.#state.recentFolders.filter((other) => other !== folder)
    this.set({ recentFolders: [folder, ...others].slice(0, mostRecent) })
  }
}

function readState(path: string): ShellState {
  try {
    return shellState.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return shellState.parse({})
  }
}

import type { Command } from 'commander'
import { type Core, openCore } from '../core/core.ts'
import { createOutput, type Output } from './output.ts'

/** The options every command takes. */
export interface GlobalOptions {
  data?: string
  json?: boolean
  threads?: number
  device?: 'auto' | 'cpu' | 'cuda'
}

export interface Context {
  readonly core: Core
  readonly out: Output
  /** fires at the first Ctrl-C; the second one ends the process */
  readonly signal: AbortSignal
}

/** Opens the core for one command and closes it whatever happens. */
export async function withCore<Result>(
  options: GlobalOptions,
  run: (context: Context) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  let interruptedAt = 0
  const interrupt = () => {
    // One Ctrl-C may come twice: from the terminal, and passed on by npm.
    if (interruptedAt > 0 && performance.now() - interruptedAt > 500) process.exit(130)
    interruptedAt ||= performance.now()
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const { data, threads, device } = options
  const core = await openCore({ data, threads, device })
  try {
    return await run({ core, out: createOutput(options.json ?? false), signal: controller.signal })
  } finally {
    await core.close()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** A commander action whose arguments are words: opens the core and hands them over. */
export function coreAction(run: (context: Context, ...words: string[]) => Promise<void> | void) {
  return (...given: unknown[]) => {
    const self = given.at(-1) as Command
    const words = given.filter((word): word is string => typeof word === 'string')
    return withCore(self.optsWithGlobals<GlobalOptions>(), async (context) => run(context, ...words))
  }
}

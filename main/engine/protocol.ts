import type { ErrorCode } from '../../shared/errors.ts'

/** What an engine process can do: a task's name with what goes in, what comes out, and what it reports meanwhile. */
export type TaskTable = Record<string, { input: unknown; output: unknown; progress: unknown }>

/** Host to engine process. Typed arrays travel as they are (structured clone). */
export type Request =
  | { readonly kind: 'call'; readonly id: number; readonly task: string; readonly input: unknown }
  | { readonly kind: 'abort'; readonly id: number }

/** Engine process to host. */
export type Reply =
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: ErrorCode; readonly message: string }

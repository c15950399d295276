/** What the shell tells the process that holds the core. A port comes along with `connect`. */
export type ToCore =
  | { readonly kind: 'connect' }
  | { readonly kind: 'fetch'; readonly id: number; readonly url: string }
  /** a file that has no path, such as a pasted picture; answered like `fetch` */
  | {
      readonly kind: 'upload'
      readonly id: number
      readonly name: string
      readonly folder: string
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'drop'; readonly id: number }
  | { readonly kind: 'paths'; readonly id: number; readonly images: readonly number[] }
  | { readonly kind: 'done'; readonly id: number; readonly error: string | null }
  | { readonly kind: 'close' }

/** What the core tells the shell. */
export type FromCore =
  | { readonly kind: 'ready' }
  /** it cannot start, in words for people */
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array | { readonly path: string }
    }
  | { readonly kind: 'paths'; readonly id: number; readonly paths: readonly string[] }
  /** asks for what only the shell can do; `done` answers */
  | { readonly kind: 'host'; readonly id: number; readonly what: 'reveal' | 'trash'; readonly path: string }
  /** jobs that run or wait, and trainings */
  | { readonly kind: 'jobs'; readonly active: number }
  /** a long job or training ended */
  | { readonly kind: 'notify'; readonly title: string; readonly body: string }

import { router } from './router.svelte.ts'

/** The .hgi file that the compress view looks into, if any. */
class OpenedHgi {
  #path = $state<string | null>(null)

  get path(): string | null {
    return this.#path
  }

  open(path: string): void {
    this.#path = path
  }

  close(): void {
    this.#path = null
  }
}

export const openedHgi = new OpenedHgi()

export function openHgi(path: string): void {
  openedHgi.open(path)
  router.go('compress')
}

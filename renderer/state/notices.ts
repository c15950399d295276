import { toast } from 'svelte-sonner'
import type { Undo } from '../../shared/contract/common.ts'
import { client } from './client.ts'
import { copyText } from './copy-text.ts'
import { failureOf } from './failure.ts'

/** One line that something is done, with what one may want to do next. */
export function say(text: string, action?: { label: string; run: () => void }): void {
  toast(text, {
    duration: 6_000,
    ...(action ? { action: { label: action.label, onClick: action.run } } : {}),
  })
}

/** Says what was removed or renamed, and takes it back on request; `onUndone` after that. */
export function sayWithUndo(text: string, { undo }: Undo, onUndone?: () => void): void {
  const step = () => {
    steps = steps.filter((one) => one !== step)
    client.undo.restore({ undo }).then(({ label }) => {
      say(`Taken back: ${label}`)
      onUndone?.()
    }, sayError)
  }
  steps = [...steps, step]
  toast(text, { duration: 12_000, action: { label: 'Undo', onClick: step } })
}

/** What can be taken back, the last at the end. */
let steps: readonly (() => void)[] = []

/** Takes back the last thing that was not yet, for Ctrl/Cmd Z. */
export function undoLast(): void {
  const last = steps.at(-1)
  if (last) last()
  else say('There is nothing to take back')
}

/** For what has no place of its own to stand in: everything else shows its errors where they happened. */
export function sayError(error: unknown): void {
  const failure = failureOf(error)
  if (failure.code === 'aborted') return
  toast.error(failure.message, {
    duration: 15_000,
    action: { label: 'Copy details', onClick: () => void copyText(failure.details).catch(sayError) },
  })
}

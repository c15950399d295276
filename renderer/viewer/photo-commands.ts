import type { Command } from '../state/commands.svelte.ts'
import { library } from '../state/library.svelte.ts'

/** What every view of one photo knows: its original while a key is held, and the photos beside it. */
export function photoCommands(isEnabled: () => boolean, blink: () => void, group: string): Command[] {
  const picture = { group: 'Picture', isEnabled }
  return [
    { id: 'blink', title: 'Show the original while held', group, keys: '\\', isEnabled, run: blink },
    { id: 'next-photo', title: 'Next photo', ...picture, keys: 'ArrowRight', run: () => library.go(1) },
    {
      id: 'previous-photo',
      title: 'Previous photo',
      ...picture,
      keys: 'ArrowLeft',
      run: () => library.go(-1),
    },
  ]
}

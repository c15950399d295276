import type { Viewport } from '../draw/viewport.svelte.ts'
import type { Command } from '../state/commands.svelte.ts'

export function zoomCommands(viewport: Viewport): Command[] {
  const group = 'Picture'
  return [
    { id: 'zoom-in', title: 'Zoom in', group, keys: '+ =', run: () => viewport.zoomBy(1.5) },
    { id: 'zoom-out', title: 'Zoom out', group, keys: '-', run: () => viewport.zoomBy(1 / 1.5) },
    { id: 'zoom-fit', title: 'Show the whole picture', group, keys: '0', run: () => viewport.fit() },
    { id: 'zoom-100', title: 'Show single pixels (100 %)', group, keys: '1', run: () => viewport.zoomTo(1) },
    { id: 'zoom-200', title: 'Show at 200 %', group, keys: '2', run: () => viewport.zoomTo(2) },
  ]
}

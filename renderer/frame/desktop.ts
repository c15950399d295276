import { closeQuestion } from '../state/close-question.svelte.ts'
import { commands } from '../state/commands.svelte.ts'
import { importer } from '../state/importer.svelte.ts'
import { openHgi } from '../state/opened-hgi.svelte.ts'

/** What the desktop shell asks of the window: its menu, files to open, and whether it may close. */
export function followDesktop(): () => void {
  const bridge = window.hourglass
  if (!bridge) return () => undefined
  const stops = [
    bridge.onMenu((command) => commands.run(command)),
    bridge.onOpen((paths) => {
      const compressed = paths.filter((path) => path.toLowerCase().endsWith('.hgi'))
      if (compressed.length > 0) openHgi(compressed[0])
      importer.paths(paths.filter((path) => !compressed.includes(path)))
    }),
    bridge.onCloseAsked((jobs) => closeQuestion.ask(jobs)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

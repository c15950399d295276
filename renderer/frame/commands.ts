import { fileChooser } from '../state/choose-files.svelte.ts'
import type { Command } from '../state/commands.svelte.ts'
import { importer } from '../state/importer.svelte.ts'
import { sayError, undoLast } from '../state/notices.ts'
import { router } from '../state/router.svelte.ts'
import { views } from '../views/registry.ts'

/** What can be done anywhere. */
export function frameCommands(show: (dialog: 'palette' | 'shortcuts') => void): Command[] {
  return [
    { id: 'palette', title: 'Search commands', group: 'Window', keys: 'Mod+K', run: () => show('palette') },
    {
      id: 'shortcuts',
      title: 'Show the shortcuts',
      group: 'Window',
      keys: '?',
      run: () => show('shortcuts'),
    },
    {
      id: 'undo',
      title: 'Take back the last removal or change',
      group: 'Window',
      keys: 'Mod+Z',
      run: undoLast,
    },
    { id: 'open-files', title: 'Import photos', group: 'Library', keys: 'Mod+O', run: chooseFiles },
    { id: 'open-folder', title: 'Import a folder', group: 'Library', keys: 'Mod+Shift+O', run: chooseFolder },
    ...views.map(({ id, title }, index) => ({
      id: `view-${id}`,
      title: `Go to ${title}`,
      group: 'Views',
      keys: id === 'settings' ? 'Mod+,' : index < 9 ? `Alt+${index + 1}` : undefined,
      run: () => router.go(id),
    })),
  ]
}

export function chooseFiles(): void {
  // A browser's own chooser reaches the files of the person's machine, wherever the core runs.
  if (window.hourglass)
    fileChooser
      .choose({ title: 'Import photos', kind: 'files' })
      .then((paths) => importer.paths(paths), sayError)
  else pick()
}

export function chooseFolder(): void {
  fileChooser.choose({ title: 'Import a folder', kind: 'folder' }).then((paths) => {
    importer.paths(paths)
    for (const path of paths) window.hourglass?.addRecent(path)
  }, sayError)
}

function pick(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.onchange = () => {
    if (input.files) importer.dropped(input.files).catch(sayError)
  }
  input.click()
}

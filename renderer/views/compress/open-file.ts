import { fileChooser } from '../../state/choose-files.svelte.ts'
import { sayError } from '../../state/notices.ts'
import { openHgi } from '../../state/opened-hgi.svelte.ts'

export function openHgiFile(): void {
  fileChooser.choose({ title: 'Open an .hgi file', kind: 'files', extensions: ['hgi'] }).then((paths) => {
    if (paths[0]) openHgi(paths[0])
  }, sayError)
}

import { isAbsolute, join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  nativeImage,
} from 'electron'
import { z } from 'zod'
import { rowId } from '../../shared/contract/common.ts'
import type { CoreLink } from './core-link.ts'
import { windowOrigin } from './protocol.ts'
import type { StateStore } from './shell-state.ts'
import type { Windows } from './windows.ts'

const absolutePath = z.string().min(1).max(4096).refine(isAbsolute, 'expected an absolute path')
const chooser = z.object({
  title: z.string().max(200),
  kind: z.enum(['files', 'folder']),
  extensions: z
    .array(z.string().regex(/^\.?[a-z0-9]{1,10}$/i))
    .max(100)
    .optional(),
  start: absolutePath.optional(),
})
const imageIds = z.array(rowId).min(1)
const closeAnswer = z.enum(['close', 'keep-running', 'cancel'])

export interface IpcParts {
  readonly core: () => CoreLink
  readonly windows: Windows
  readonly state: StateStore
  readonly appPath: string
  readonly onRecent: () => void
  readonly onCloseAnswer: (window: BrowserWindow, answer: z.output<typeof closeAnswer>) => void
}

/** What preload asks for: only from a page of ours, and only what fits. */
export function serveIpc({ core, windows, state, appPath, onRecent, onCloseAnswer }: IpcParts): void {
  const on = (channel: string, handle: (window: BrowserWindow, value: unknown) => void) =>
    ipcMain.on(channel, (event, value: unknown) => {
      const window = windowOf(event)
      if (window) handle(window, value)
    })

  on('connect', (window) => windows.connect(window))

  ipcMain.handle('choose', async (event, value: unknown) => {
    const window = windowOf(event)
    const asked = chooser.safeParse(value)
    if (!window || !asked.success) return []
    const { title, kind, extensions, start } = asked.data
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: kind === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile', 'multiSelections'],
      ...(start ? { defaultPath: start } : {}),
      ...(extensions
        ? { filters: [{ name: title, extensions: extensions.map((each) => each.replace('.', '')) }] }
        : {}),
    })
    return filePaths
  })

  on('drag', (window, value) => {
    const ids = imageIds.safeParse(value)
    if (!ids.success) return
    void core()
      .paths(ids.data)
      .then((paths) => {
        const [file] = paths
        const icon = nativeImage.createFromPath(join(appPath, 'assets', 'icons', 'hourglass-64.png'))
        if (file) window.webContents.startDrag({ file, files: [...paths], icon })
      })
  })

  on('recent', (_, value) => {
    const folder = absolutePath.safeParse(value)
    if (!folder.success) return
    state.addRecent(folder.data)
    app.addRecentDocument(folder.data)
    onRecent()
  })

  on('close-answer', (window, value) => {
    const answer = closeAnswer.safeParse(value)
    if (answer.success) onCloseAnswer(window, answer.data)
  })
}

function windowOf(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | null {
  const isOurs = event.senderFrame?.url.startsWith(`${windowOrigin}/`) && event.senderFrame.parent === null
  return isOurs ? BrowserWindow.fromWebContents(event.sender) : null
}

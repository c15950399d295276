import type { NativeImage } from 'electron'
import { expect, test, vi } from 'vitest'
import type { CoreLink } from '../../../main/app/core-link.ts'
import { type IpcParts, serveIpc } from '../../../main/app/ipc.ts'
import { windowOrigin } from '../../../main/app/protocol.ts'

const electron = vi.hoisted(() => {
  const listeners = new Map<string, (event: unknown, value: unknown) => void>()
  return {
    listeners,
    app: {},
    BrowserWindow: { fromWebContents: (webContents: unknown) => ({ webContents }) },
    dialog: {},
    ipcMain: { on: listeners.set.bind(listeners), handle: vi.fn() },
    nativeImage: { createFromPath: () => ({}) as NativeImage },
    net: {},
    protocol: {},
  }
})
vi.mock('electron', () => electron)

test('as many photos are dragged as can be chosen', async () => {
  const core = { paths: async (ids: readonly number[]) => ids.map((id) => `/photos/${id}.jpg`) }
  serveIpc({ core: () => core as unknown as CoreLink, appPath: '/' } as unknown as IpcParts)
  const startDrag = vi.fn()
  const event = { senderFrame: { url: `${windowOrigin}/`, parent: null }, sender: { startDrag } }
  const ids = Array.from({ length: 100_000 }, (_, i) => i + 1)
  electron.listeners.get('drag')!(event, ids)
  await vi.waitFor(() => expect(startDrag).toHaveBeenCalledOnce())
  expect(startDrag.mock.calls[0]![0].files).toHaveLength(100_000)
})

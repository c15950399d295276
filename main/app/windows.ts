import { join } from 'node:path'
import { BrowserWindow, MessageChannelMain, screen, session } from 'electron'
import type { MenuCommand } from '../../shared/contract/bridge.ts'
import type { CoreLink } from './core-link.ts'
import { windowOrigin } from './protocol.ts'
import type { StateStore } from './shell-state.ts'

const usual = { width: 1440, height: 900 }
const least = { width: 900, height: 600 }
/** The ground of the dark theme: no white flash before the first frame. */
const ground = '#161616'
/** A second window stands beside the first, not upon it. */
const step = 32

/** All windows and what they are told. */
export class Windows {
  readonly #preload: string
  readonly #core: () => CoreLink
  readonly #state: StateStore
  readonly #onClose: (window: BrowserWindow) => boolean

  /** @param onClose whether a window that was asked to close may */
  constructor(
    preload: string,
    core: () => CoreLink,
    state: StateStore,
    onClose: (window: BrowserWindow) => boolean,
  ) {
    this.#preload = preload
    this.#core = core
    this.#state = state
    this.#onClose = onClose
  }

  get all(): BrowserWindow[] {
    return BrowserWindow.getAllWindows()
  }

  get current(): BrowserWindow | undefined {
    return BrowserWindow.getFocusedWindow() ?? this.all.at(-1)
  }

  open(paths: readonly string[] = []): BrowserWindow {
    const { isMaximized } = this.#state.current
    const window = new BrowserWindow({
      ...this.#place(),
      ...{ minWidth: least.width, minHeight: least.height, show: false, backgroundColor: ground },
      title: 'Hourglass',
      webPreferences: {
        preload: this.#preload,
        ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
        ...{ webviewTag: false, spellcheck: false, navigateOnDragDrop: false },
      },
    })
    if (isMaximized && this.all.length === 1) window.maximize()
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      this.#remember(window)
      if (!this.#onClose(window)) event.preventDefault()
    })
    void window.loadURL(`${windowOrigin}/index.html`)
    if (paths.length > 0) window.webContents.once('did-finish-load', () => this.openPaths(paths, window))
    return window
  }

  /** A new port to the core: half for the window, half for the core. */
  connect(window: BrowserWindow): void {
    const { port1, port2 } = new MessageChannelMain()
    this.#core().connect(port1)
    window.webContents.postMessage('port', null, [port2])
  }

  command(command: MenuCommand, window = this.current): void {
    window?.webContents.send('menu', command)
  }

  openPaths(paths: readonly string[], window = this.current): void {
    if (!window) {
      this.open(paths)
      return
    }
    if (paths.length > 0) window.webContents.send('open', paths)
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  #place(): { x?: number; y?: number; width: number; height: number } {
    const before = this.all.at(-1)?.getBounds()
    if (before) return { ...before, x: before.x + step, y: before.y + step }
    const { bounds } = this.#state.current
    const isSeen = bounds && screen.getAllDisplays().some(({ workArea }) => overlaps(workArea, bounds))
    return isSeen ? bounds : usual
  }

  #remember(window: BrowserWindow): void {
    this.#state.set({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() })
  }
}

function overlaps(
  a: { x: number; y: number; width: number; height: number },
  b: { x: number; y: number; width: number; height: number },
): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return across > 50 && down > 50
}

/** No page but ours, no permission but to write text into the clipboard, no window but those of the menu. */
export function lockDown(app: Electron.App): void {
  app.on('web-contents-created', (_, contents) => {
    const refuse = (event: { preventDefault(): void }) => event.preventDefault()
    contents.on('will-navigate', refuse)
    contents.on('will-redirect', refuse)
    contents.on('will-attach-webview', refuse)
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  const isAllowed = (permission: string, address: string) =>
    permission === 'clipboard-sanitized-write' && `${address}/`.startsWith(`${windowOrigin}/`)
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isAllowed(permission, requestingUrl)),
  )
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) =>
    isAllowed(permission, origin),
  )
}

export function preloadPath(appPath: string): string {
  return join(appPath, 'out', 'app', 'preload.cjs')
}

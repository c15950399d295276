import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { app, dialog, Notification, shell } from 'electron'
import { Closing } from './closing.ts'
import { CoreLink } from './core-link.ts'
import { serveIpc } from './ipc.ts'
import { setMenu } from './menu.ts'
import { declareProtocol, serveProtocol } from './protocol.ts'
import { StateStore } from './shell-state.ts'
import { lockDown, preloadPath, Windows } from './windows.ts'

// Electron's main process: windows, menus, dialogs and the app: protocol. It computes nothing and loads nothing native;
// the core is a process of its own.

const appPath = app.getAppPath()
/** What is loaded by path, and native, stands beside the archive in a packaged application. */
const unpacked = appPath.replace(/app\.asar$/, 'app.asar.unpacked')

if (app.requestSingleInstanceLock()) start()
else app.quit()

function start(): void {
  declareProtocol()
  app.enableSandbox()
  const early: string[] = []
  app.on('open-file', (event, path) => {
    event.preventDefault()
    early.push(path)
  })
  void app.whenReady().then(() => run([...early, ...pathsIn(process.argv)]))
}

function run(paths: readonly string[]): void {
  const state = new StateStore(join(app.getPath('userData'), 'shell-state.json'))
  lockDown(app)
  const closing: Closing = new Closing(() => windows.all)
  const core: CoreLink = new CoreLink(join(unpacked, 'main', 'app', 'core-entry.js'), {
    async onHost(what, path) {
      if (what === 'trash') await shell.trashItem(path)
      else shell.showItemInFolder(path)
    },
    onJobs: (active) => closing.setActive(active),
    onNotify(title, body) {
      if (windows.all.some((window) => window.isFocused())) return
      const notification = new Notification({ title, body })
      notification.on('click', () => windows.openPaths([]))
      notification.show()
    },
    onRestart: () => {
      for (const window of windows.all) windows.connect(window)
    },
    onFailed(message) {
      dialog.showErrorBox('Hourglass cannot start', message)
      app.exit(1)
    },
  })
  const windows: Windows = new Windows(
    preloadPath(appPath),
    () => core,
    state,
    (window) => closing.ask(window),
  )
  serveProtocol(join(appPath, 'out', 'renderer'), core)
  const remake = () => setMenu(windows, state)
  serveIpc({
    ...{ core: () => core, windows, state, appPath: unpacked },
    onRecent: remake,
    onCloseAnswer: (window, answer) => closing.answer(window, answer),
  })
  remake()
  windows.open(paths)

  app.on('second-instance', (_, argv, cwd) => {
    closing.stay()
    windows.openPaths(pathsIn(argv, cwd))
  })
  app.removeAllListeners('open-file')
  app.on('open-file', (event, path) => {
    event.preventDefault()
    windows.openPaths([path])
  })
  app.on('activate', () => {
    closing.stay()
    if (windows.all.length === 0) windows.open()
    else windows.openPaths([])
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void core.close().finally(() => {
      isClosed = true
      app.quit()
    })
  })
}

/** Files and folders among a command line's words: those that exist and are no switch, the program itself left out. */
function pathsIn(argv: readonly string[], cwd = process.cwd()): string[] {
  const words = argv.slice(app.isPackaged ? 1 : 2).filter((word) => !word.startsWith('-'))
  return words
    .map((word) => resolve(cwd, word))
    .filter((path) => existsSync(path) && path !== resolve(appPath))
}

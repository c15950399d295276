import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge, MenuCommand } from '../../../shared/contract/bridge.ts'

// The one thing that a page gets beside what every page has. It runs sandboxed, before the page's scripts.

/** What came before somebody listens is kept for the first who does. */
function channel<Value>(name: string) {
  const listeners = new Set<(value: Value) => void>()
  const early: Value[] = []
  ipcRenderer.on(name, (_, value: Value) => {
    if (listeners.size === 0) early.push(value)
    for (const listener of listeners) listener(value)
  })
  return (listener: (value: Value) => void) => {
    listeners.add(listener)
    for (const value of early.splice(0)) listener(value)
    return () => {
      listeners.delete(listener)
    }
  }
}

const menu = channel<MenuCommand>('menu')
const open = channel<string[]>('open')
const closeAsked = channel<number>('close-asked')

ipcRenderer.on('port', ({ ports }) => {
  window.postMessage('hourglass:port', '*', [...ports])
})

const bridge: Bridge = {
  platform: process.platform,
  connect: () => ipcRenderer.send('connect'),
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  choose: (chooser) => ipcRenderer.invoke('choose', chooser) as Promise<string[]>,
  startDrag: (imageIds) => ipcRenderer.send('drag', imageIds),
  onMenu: menu,
  onOpen: open,
  addRecent: (folder) => ipcRenderer.send('recent', folder),
  onCloseAsked: (listener) =>
    closeAsked((jobs) => {
      listener(jobs).then(
        (answer) => ipcRenderer.send('close-answer', answer),
        () => ipcRenderer.send('close-answer', 'cancel'),
      )
    }),
}

contextBridge.exposeInMainWorld('hourglass', bridge)

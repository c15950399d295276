import { basename } from 'node:path'
import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../../shared/contract/bridge.ts'
import type { StateStore } from './shell-state.ts'
import type { Windows } from './windows.ts'

type Item = MenuItemConstructorOptions

/** The menu bar. What it names is done by the window; shortcuts that the window hears itself are only shown. */
export function setMenu(windows: Windows, state: StateStore): void {
  const command = (label: string, name: MenuCommand, accelerator?: string, isOwn = false): Item => ({
    label,
    click: () => windows.command(name),
    ...(accelerator ? { accelerator, registerAccelerator: !isOwn } : {}),
  })
  const line: Item = { type: 'separator' }
  const isMac = process.platform === 'darwin'
  const recent = state.current.recentFolders.map(
    (folder): Item => ({
      label: basename(folder) || folder,
      toolTip: folder,
      click: () => windows.openPaths([folder]),
    }),
  )
  const file: Item[] = [
    { label: 'New Window', accelerator: 'CmdOrCtrl+N', click: () => windows.open() },
    command('Import Photos…', 'open-files', 'CmdOrCtrl+O'),
    command('Import Folder…', 'open-folder', 'CmdOrCtrl+Shift+O'),
    {
      label: 'Recent Folders',
      submenu: recent.length > 0 ? recent : [{ label: 'None yet', enabled: false }],
    },
    line,
    command('Export…', 'export', 'CmdOrCtrl+E'),
    line,
    ...(isMac ? [] : [command('Settings', 'view-settings', 'CmdOrCtrl+,')]),
    { role: isMac ? 'close' : 'quit' },
  ]
  const edit: Item[] = [
    command('Undo', 'undo', 'CmdOrCtrl+Z', true),
    line,
    ...(['cut', 'copy', 'paste', 'selectAll'] as const).map((role): Item => ({ role })),
    line,
    command('Commands…', 'palette', 'CmdOrCtrl+K', true),
  ]
  const view: Item[] = [
    command('Library', 'view-library'),
    command('Noise', 'view-noise'),
    command('Denoise', 'view-denoise'),
    command('Compress', 'view-compress'),
    command('Train', 'view-train'),
    command('Latents', 'view-latents'),
    command('Models', 'view-models'),
    command('Jobs', 'view-jobs'),
    line,
    command('Fit', 'zoom-fit', '0', true),
    command('100 %', 'zoom-100', '1', true),
    command('Zoom In', 'zoom-in', '+', true),
    command('Zoom Out', 'zoom-out', '-', true),
    line,
    command('Inspector', 'toggle-inspector'),
    command('Filmstrip', 'toggle-filmstrip'),
    { role: 'togglefullscreen' },
  ]
  const help: Item[] = [
    command('Shortcuts', 'shortcuts'),
    command('Learn', 'view-learn'),
    command('Doctor', 'view-doctor'),
    command('About Hourglass', 'view-doctor'),
    { role: 'toggleDevTools' },
  ]
  const own: Item[] = [
    command('About Hourglass', 'view-doctor'),
    command('Settings', 'view-settings', 'Cmd+,'),
    line,
  ]
  const system: Item[] = [{ role: 'hide' }, { role: 'hideOthers' }, line, { role: 'quit' }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ label: 'Hourglass', submenu: [...own, ...system] }] : []),
      { label: '&File', submenu: file },
      { label: '&Edit', submenu: edit },
      { label: '&View', submenu: view },
      { label: '&Help', submenu: help },
    ]),
  )
}

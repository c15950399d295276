/** What the menu may ask of the window. */
export const menuCommands = [
  ...['open-files', 'open-folder', 'export', 'undo', 'palette', 'shortcuts'],
  ...['zoom-in', 'zoom-out', 'zoom-fit', 'zoom-100', 'toggle-inspector', 'toggle-filmstrip'],
  ...['view-library', 'view-noise', 'view-denoise', 'view-compress', 'view-train', 'view-latents'],
  ...['view-models', 'view-jobs', 'view-learn', 'view-settings', 'view-doctor'],
] as const
export type MenuCommand = (typeof menuCommands)[number]

/** Where a choice starts and what may be chosen. */
export interface Chooser {
  readonly title: string
  readonly kind: 'files' | 'folder'
  readonly extensions?: readonly string[]
  /** IDX files, which have no extension of their own, and no pictures */
  readonly idx?: boolean
  readonly start?: string
}

/** What the preload script puts into the window as `hourglass`; in a browser there is none. */
export interface Bridge {
  readonly platform: string
  /**
   * Asks for a port to the core, which arrives as a window message: `event.data === 'hourglass:port'`, with
   * `event.ports[0]`. Each message on it is one text of tRPC's WebSocket protocol. The same again after the core was
   * started anew.
   */
  connect(): void
  /** the path of a dropped or pasted file; '' where it has none */
  pathForFile(file: object): string
  choose(chooser: Chooser): Promise<string[]>
  /** a native drag of files that exist; from a dragstart event that was prevented */
  startDrag(imageIds: readonly number[]): void
  onMenu(listener: (command: MenuCommand) => void): () => void
  /** files and folders that the system, or the recent list, asks to open; those from before the listener come at once */
  onOpen(listener: (paths: string[]) => void): () => void
  addRecent(folder: string): void
  /** the window's own close was asked for while jobs run: the answer decides */
  onCloseAsked(listener: (jobs: number) => Promise<'close' | 'keep-running' | 'cancel'>): () => void
}

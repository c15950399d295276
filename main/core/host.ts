import { AppError } from '../../shared/errors.ts'

/** What the program around the core can do for it; a browser's cannot do any of it. */
export interface Host {
  readonly kind: 'electron' | 'server'
  /** opens the folder with the file selected */
  reveal(path: string): Promise<void>
  /** into the system's trash */
  trash(path: string): Promise<void>
}

function refuse(what: string) {
  return async () => {
    throw new AppError('unsupported', `${what} works in the desktop application only`)
  }
}

export const serverHost: Host = {
  kind: 'server',
  reveal: refuse('showing a file in its folder'),
  trash: refuse('moving files to the trash'),
}

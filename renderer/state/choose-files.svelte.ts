import type { Chooser } from '../../shared/contract/bridge.ts'

/** What the folder browser of a window without native dialogs is asked for. */
export interface Asked extends Chooser {
  answer(paths: string[]): void
}

/** Asks for files or a folder of the machine that the core runs on. */
class FileChooser {
  #asked = $state.raw<Asked | null>(null)

  get asked(): Asked | null {
    return this.#asked
  }

  /** @returns nothing where it was cancelled */
  choose(chooser: Chooser): Promise<string[]> {
    if (window.hourglass) return window.hourglass.choose(chooser)
    return new Promise((resolve) => {
      this.#asked = {
        ...chooser,
        answer: (paths) => {
          this.#asked = null
          resolve(paths)
        },
      }
    })
  }
}

export const fileChooser = new FileChooser()

import { app, type BrowserWindow, dialog, powerSaveBlocker } from 'electron'

/** How long a window may take to ask in its own way. */
const patienceMs = 60_000

/** Closing the last window while jobs run asks once; the machine stays awake as long as they do. */
export class Closing {
  #active = 0
  #blocker: number | undefined
  #mayClose = new WeakSet<BrowserWindow>()
  #isLeaving = false
  readonly #windows: () => BrowserWindow[]

  constructor(windows: () => BrowserWindow[]) {
    this.#windows = windows
  }

  setActive(active: number): void {
    this.#active = active
    if (active > 0) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = undefined
    }
    // Windows were closed in the middle of it, and now all is done.
    if (active === 0 && this.#isLeaving) app.quit()
  }

  /** Whether it may close now; else it is asked, and `answer` decides. */
  ask(window: BrowserWindow): boolean {
    const isLast = this.#windows().length === 1
    if (!isLast || this.#active === 0 || this.#mayClose.has(window)) return true
    if (!window.isVisible()) return false
    window.webContents.send('close-asked', this.#active)
    const clear = () => clearTimeout(this.#timers.get(window))
    if (this.#timers.has(window)) clear()
    else window.on('closed', clear).on('hide', clear)
    this.#timers.set(
      window,
      setTimeout(() => void this.#askPlainly(window), patienceMs),
    )
    return false
  }

  answer(window: BrowserWindow, answer: 'close' | 'keep-running' | 'cancel'): void {
    clearTimeout(this.#timers.get(window))
    if (answer === 'keep-running') {
      this.#isLeaving = true
      window.hide()
    }
    if (answer === 'close') {
      this.#mayClose.add(window)
      window.close()
    }
  }

  /** The window was asked for again. */
  stay(): void {
    this.#isLeaving = false
  }

  readonly #timers = new WeakMap<BrowserWindow, NodeJS.Timeout>()

  async #askPlainly(window: BrowserWindow): Promise<void> {
    const buttons = ['Close: go on later', 'Finish in the background', 'Cancel'] as const
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: `${this.#active} job${this.#active === 1 ? ' is' : 's are'} not done yet`,
      buttons: [...buttons],
      ...{ defaultId: 1, cancelId: 2 },
    })
    this.answer(window, (['close', 'keep-running', 'cancel'] as const)[response] ?? 'cancel')
  }
}

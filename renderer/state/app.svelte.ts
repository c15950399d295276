import type { AppInfo, Status } from '../../shared/contract/about.ts'
import { client } from './client.ts'

/** What runs here, and how busy it is. */
class App {
  #info = $state.raw<AppInfo | null>(null)
  #status = $state.raw<Status | null>(null)

  follow(): () => void {
    client.about.info(undefined).then(
      (info) => {
        this.#info = info
      },
      () => undefined,
    )
    return client.about.status(undefined, {
      onData: (status) => {
        this.#status = status
      },
    })
  }

  get info(): AppInfo | null {
    return this.#info
  }

  get status(): Status | null {
    return this.#status
  }

  /** native dialogs, drags, the trash and revealing work */
  get isDesktop(): boolean {
    return window.hourglass !== undefined
  }
}

export const app = new App()

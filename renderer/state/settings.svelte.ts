import { defaultSettings, type Settings, type SettingsChange } from '../../shared/contract/settings.ts'
import { client } from './client.ts'
import { sayError } from './notices.ts'

/** The settings as the core holds them; a change made in another window arrives here, too. */
class SettingsStore {
  #values = $state.raw<Settings>(defaultSettings)
  #systemIsDark = $state(true)

  /** @returns what stops following */
  follow(): () => void {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const look = () => {
      this.#systemIsDark = dark.matches
    }
    look()
    dark.addEventListener('change', look)
    const stop = client.settings.changes(undefined, {
      onData: (values) => {
        this.#values = values
      },
      onError: sayError,
    })
    return () => {
      dark.removeEventListener('change', look)
      stop()
    }
  }

  get values(): Settings {
    return this.#values
  }

  get theme(): 'dark' | 'light' {
    const { theme } = this.#values
    return theme === 'system' ? (this.#systemIsDark ? 'dark' : 'light') : theme
  }

  async set(change: SettingsChange): Promise<void> {
    this.#values = await client.settings.set(change)
  }

  async reset(): Promise<void> {
    this.#values = await client.settings.reset()
  }
}

export const settings = new SettingsStore()

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import {
  defaultSettings,
  type Settings,
  type SettingsChange,
  settings as schema,
} from '../../shared/contract/settings.ts'
import { AppError } from '../../shared/errors.ts'
import { Topic } from './topic.ts'

/** What a person has set, kept in `settings.json` of the data folder. */
export class SettingsStore {
  readonly changes = new Topic<Settings>()
  readonly #path: string
  #current: Settings

  private constructor(path: string, current: Settings) {
    this.#path = path
    this.#current = current
  }

  /** A file that does not parse is left as it is until something is set; until then the defaults hold. */
  static async open(data: string): Promise<SettingsStore> {
    const path = join(data, 'settings.json')
    const text = await readFile(path, 'utf8').catch(() => '{}')
    return new SettingsStore(path, parsed(text))
  }

  get current(): Settings {
    return this.#current
  }

  /** @throws AppError bad-input naming the setting at fault; nothing is changed then */
  async change(change: SettingsChange): Promise<Settings> {
    const known = this.#current
    const merged = {
      ...known,
      ...change,
      templates: { ...known.templates, ...change.templates },
      units: { ...known.units, ...change.units },
    }
    const result = schema.safeParse(merged)
    if (!result.success) {
      const [issue] = result.error.issues
      throw new AppError('bad-input', `setting ${issue!.path.join('.') || 'unknown'}: ${issue!.message}`)
    }
    return this.#keep(result.data)
  }

  reset(): Promise<Settings> {
    return this.#keep(defaultSettings)
  }

  async #keep(settings: Settings): Promise<Settings> {
    await writeFileAtomic(this.#path, `${JSON.stringify(settings, null, 2)}\n`)
    this.#current = settings
    this.changes.publish(settings)
    return settings
  }
}

function parsed(text: string): Settings {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return defaultSettings
  }
}

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
  /** Changes come one after the other: each starts from what the one before left. */
  #last: Promise<unknown> = Promise.resolve()

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
  change(change: SettingsChange): Promise<Settings> {
    return this.#keep((known) => merged(known, change))
  }

  reset(): Promise<Settings> {
    return this.#keep(() => defaultSettings)
  }

  #keep(next: (known: Settings) => Settings): Promise<Settings> {
    const kept = this.#last.then(async () => {
      const settings = next(this.#current)
      await writeFileAtomic(this.#path, `${JSON.stringify(settings, null, 2)}\n`)
      this.#current = settings
      this.changes.publish(settings)
      return settings
    })
    this.#last = kept.catch(() => {}) // whoever asked is told
    return kept
  }
}

function merged(known: Settings, change: SettingsChange): Settings {
  const result = schema.safeParse({
    ...known,
    ...change,
    templates: { ...known.templates, ...change.templates },
    units: { ...known.units, ...change.units },
  })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('bad-input', `setting ${issue!.path.join('.') || 'unknown'}: ${issue!.message}`)
}

function parsed(text: string): Settings {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return defaultSettings
  }
}

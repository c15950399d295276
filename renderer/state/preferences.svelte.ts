/** Sizes and switches of this window alone, kept where it runs; everything else is in the settings. */
export interface Preferences {
  inspectorWidth: number
  inspectorOpen: boolean
  filmstripHeight: number
  filmstripOpen: boolean
  thumbSide: number
  libraryPanelWidth: number
}

const defaults: Preferences = {
  inspectorWidth: 300,
  inspectorOpen: true,
  filmstripHeight: 92,
  filmstripOpen: true,
  thumbSide: 176,
  libraryPanelWidth: 208,
}
const place = 'hourglass.preferences'

function stored(): Partial<Preferences> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    const entries = Object.entries(read as object).filter(
      ([name, value]) => typeof value === typeof defaults[name as keyof Preferences],
    )
    return Object.fromEntries(entries) as Partial<Preferences>
  } catch {
    return {}
  }
}

class PreferenceStore {
  #values = $state<Preferences>({ ...defaults, ...stored() })

  get values(): Readonly<Preferences> {
    return this.#values
  }

  set<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
    this.#values[name] = value
    localStorage.setItem(place, JSON.stringify(this.#values))
  }
}

export const preferences = new PreferenceStore()

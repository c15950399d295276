/** Something one can do, from the palette or by its keys. */
export interface Command {
  readonly id: string
  readonly title: string
  /** what it belongs to, for the palette's and the help's headings */
  readonly group: string
  /** e.g. `Mod+K`, `Shift+A`, `?`; Mod is Ctrl, on a Mac Cmd */
  readonly keys?: string | undefined
  readonly isEnabled?: () => boolean
  readonly run: () => void
}

export const isMac = /mac/i.test(navigator.platform)

/** What can be done now: views and parts add their commands while they are there. */
class Commands {
  #lists: readonly (readonly Command[])[] = []
  /** another one with every change: what effects read while they end is what was before, so that is not asked for */
  #change = $state.raw({})

  /** those of the parts added last first */
  get all(): readonly Command[] {
    void this.#change
    return this.#lists.flat().filter(({ isEnabled }) => isEnabled?.() ?? true)
  }

  /** @returns what takes them out again */
  add(list: readonly Command[]): () => void {
    this.#lists = [list, ...this.#lists]
    this.#change = {}
    return () => {
      this.#lists = this.#lists.filter((one) => one !== list)
      this.#change = {}
    }
  }

  run(id: string): void {
    this.all.find((command) => command.id === id)?.run()
  }

  /** Runs the command of a key press, unless the key is needed where it was pressed. */
  press(event: KeyboardEvent): void {
    // Behind an open dialog or menu nothing is meant to happen.
    if (event.defaultPrevented || event.isComposing || document.querySelector('[role=dialog], [role=menu]'))
      return
    const keys = keysOf(event)
    if (isTaken(event, keys)) return
    const command = this.all.find((one) => one.keys?.split(' ').includes(keys))
    if (!command) return
    event.preventDefault()
    command.run()
  }
}

export const commands = new Commands()

function keysOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const isLetter = /^[A-Z]$/.test(key)
  return [
    (isMac ? event.metaKey : event.ctrlKey) ? 'Mod+' : '',
    event.altKey ? 'Alt+' : '',
    event.shiftKey && (isLetter || key.length > 1) ? 'Shift+' : '',
    key,
  ].join('')
}

/** What a text field does by itself with Ctrl or Cmd. */
const editing = /^Mod\+(Shift\+)?([ACVXYZ]|Backspace|Delete|Home|End|Arrow\w+)$/

function isTaken({ target, key }: KeyboardEvent, keys: string): boolean {
  if (keys.includes('Mod+')) return isText(target) && editing.test(keys)
  return !keys.includes('Alt+') && takesKeys(target, key)
}

function isText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['range', 'checkbox', 'radio'].includes(target.type)
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable)
}

function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (isText(target) || target instanceof HTMLSelectElement) return true
  if (target instanceof HTMLInputElement)
    return ['Arrow', 'Home', 'End', 'Page', ' '].some((one) => key.startsWith(one))
  return (key === 'Enter' || key === ' ') && target.closest('button, [role], a') !== null
}

const words: Record<string, string> = {
  Mod: isMac ? '\u2318' : 'Ctrl',
  Shift: isMac ? '\u21e7' : 'Shift',
  Alt: isMac ? '\u2325' : 'Alt',
  ArrowLeft: '\u2190',
  ArrowRight: '\u2192',
  ArrowUp: '\u2191',
  ArrowDown: '\u2193',
  Delete: 'Del',
  Escape: 'Esc',
}

/** Keys for people, each a word: the first way where there are several. */
export function keyWords(keys: string): string[] {
  const [first] = keys.split(' ')
  if (first === '+') return ['+']
  return first.split('+').map((key) => words[key] ?? (key === '' ? '+' : key))
}

import { SvelteMap } from 'svelte/reactivity'
import type { Collection, Facets, ImageRow, LibraryView } from '../../shared/contract/library.ts'
import { libraryIdsUrl } from '../../shared/contract/pixels.ts'
import { client } from './client.ts'
import { type Failure, failureOf } from './failure.ts'

const noFacets: Facets = { total: 0, formats: [], cameras: [] }

/** The photos that are known, those that are looked at, and which of them are chosen. Shared by all views. */
class Library {
  #view = $state.raw<LibraryView>({ order: 'imported', descending: true })
  /** the one that `ids` are of */
  #shownView: LibraryView = this.#view
  #ids = $state.raw<Uint32Array>(new Uint32Array())
  #isReady = $state(false)
  #failure = $state.raw<Failure | null>(null)
  #facets = $state.raw<Facets>(noFacets)
  #collections = $state.raw<readonly Collection[]>([])
  readonly #rows = new SvelteMap<number, ImageRow>()
  /** replaced, never changed: one of 100,000 is one change */
  #selected = $state.raw<ReadonlySet<number>>(new Set())
  #current = $state<number | null>(null)
  #anchor: number | null = null
  #wanted = new Set<number>()
  #asking: ReturnType<typeof setTimeout> | undefined
  #reloading: ReturnType<typeof setTimeout> | undefined
  #loads = 0

  /** ids of the view, in its order */
  get ids(): Uint32Array {
    return this.#ids
  }

  get view(): LibraryView {
    return this.#view
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get facets(): Facets {
    return this.#facets
  }

  get collections(): readonly Collection[] {
    return this.#collections
  }

  /** the photo that the views work on */
  get current(): number | null {
    return this.#current
  }

  get selected(): ReadonlySet<number> {
    return this.#selected
  }

  get currentRow(): ImageRow | undefined {
    return this.#current === null ? undefined : this.row(this.#current)
  }

  get isFiltered(): boolean {
    const { search, formats, camera, isoFrom, isoTo, collection } = this.#view
    return [search, formats?.length, camera, isoFrom, isoTo, collection].some(Boolean)
  }

  /** what a batch takes: the chosen photos, else the current one */
  get chosen(): number[] {
    if (this.selected.size > 0) return [...this.selected]
    return this.#current === null ? [] : [this.#current]
  }

  follow(): () => void {
    void this.reload()
    // Changes come in crowds while importing: the last of a second is answered.
    return client.library.changes(undefined, {
      onData: () => {
        this.#reloading ??= setTimeout(() => {
          this.#reloading = undefined
          void this.reload()
        }, 1_000)
      },
      onError: (error) => {
        this.#failure = failureOf(error)
      },
    })
  }

  setView(change: Partial<LibraryView>): void {
    this.#view = { ...this.#view, ...change }
    void this.reload()
  }

  clearFilters(): void {
    const { order = 'imported', descending = true } = this.#view
    this.#view = { order, descending }
    void this.reload()
  }

  async reload(): Promise<void> {
    const load = ++this.#loads
    try {
      const [answer, facets, collections] = await Promise.all([
        fetch(libraryIdsUrl(this.#view)),
        client.library.facets(undefined),
        client.collections.list(undefined),
      ])
      if (!answer.ok) throw new Error(`the library could not be read (HTTP ${answer.status})`)
      const ids = new Uint32Array(await answer.arrayBuffer())
      if (load !== this.#loads) return
      const isOther = this.#view !== this.#shownView
      const before = this.#ids
      this.#ids = ids
      this.#shownView = this.#view
      this.#facets = facets
      this.#collections = collections
      this.#failure = null
      this.#keepSeen(before, isOther)
    } catch (error) {
      if (load === this.#loads) this.#failure = failureOf(error)
    }
    this.#isReady = true
  }

  /**
   * Nothing is done to photos that are out of sight: those that a search hides are chosen no longer, nor those that are
   * gone. In place of the current one its neighbour, in another view the first; what was opened from elsewhere stays.
   */
  #keepSeen(before: Uint32Array, isOther: boolean): void {
    const ids = this.#ids
    // A set of 100,000 takes some milliseconds: only where several are looked for.
    const seen = this.#selected.size > 4 ? new Set(ids) : null
    const kept = [...this.#selected].filter((id) => seen?.has(id) ?? ids.includes(id))
    if (kept.length < this.#selected.size) this.#selected = new Set(kept)
    const current = this.#current
    const was = current === null ? -1 : before.indexOf(current)
    if (current !== null && (ids.includes(current) || (was < 0 && !isOther))) return
    this.#current = ids[isOther ? 0 : Math.min(Math.max(was, 0), ids.length - 1)] ?? null
  }

  /** What is known of an image; asked for, with others, where it is not yet. */
  row(id: number): ImageRow | undefined {
    const row = this.#rows.get(id)
    if (!row) this.#want(id)
    return row
  }

  #want(id: number): void {
    this.#wanted.add(id)
    this.#asking ??= setTimeout(async () => {
      this.#asking = undefined
      const ids = [...this.#wanted].slice(-500)
      this.#wanted.clear()
      const rows = await client.library.rows({ ids }).catch(() => [])
      for (const row of rows) this.#rows.set(row.id, row)
    }, 20)
  }

  /** Opens a photo in the views. */
  open(id: number): void {
    this.#current = id
    this.#anchor = id
    if (!this.#selected.has(id) && this.#selected.size > 0) this.#selected = new Set()
  }

  /** A click on a photo: alone, one more or less (`toggle`), or all up to it (`range`). */
  choose(id: number, how: 'only' | 'toggle' | 'range'): void {
    if (how === 'range' && this.#anchor !== null) {
      const [from, to] = [this.ids.indexOf(this.#anchor), this.ids.indexOf(id)].sort((a, b) => a - b)
      this.#selected = new Set(this.ids.subarray(Math.max(0, from), to + 1))
    } else if (how === 'toggle') {
      const next = new Set(this.#selected)
      if (next.size === 0 && this.#current !== null && this.#current !== id) next.add(this.#current)
      if (!next.delete(id)) next.add(id)
      this.#selected = next
      this.#anchor = id
    } else {
      this.#selected = new Set([id])
      this.#anchor = id
    }
    this.#current = id
  }

  chooseAll(): void {
    this.#selected = new Set(this.ids)
    if (this.#current === null || !this.#selected.has(this.#current)) this.#current = this.ids[0] ?? null
  }

  /** These, the first of them current, in a view that shows all. */
  chooseThese(ids: readonly number[]): void {
    this.#selected = new Set(ids)
    this.#current = ids[0] ?? this.#current
    this.#anchor = this.#current
    if (this.isFiltered) this.clearFilters()
  }

  chooseNone(): void {
    this.#selected = new Set()
  }

  /** The next photo becomes current, or the one before: of the chosen ones where there are several, which stay chosen. */
  go(by: 1 | -1): void {
    if (this.#selected.size < 2) {
      this.step(by)
      return
    }
    const chosen = this.ids.filter((id) => this.#selected.has(id))
    const at = this.#current === null ? -1 : chosen.indexOf(this.#current)
    this.#current = chosen[Math.min(Math.max(at + by, 0), chosen.length - 1)] ?? this.#current
  }

  /** The photo `by` places further in the view becomes current. */
  step(by: number, extend = false): void {
    if (this.ids.length === 0) return
    const at = this.#current === null ? -1 : this.ids.indexOf(this.#current)
    const id = this.ids[Math.min(Math.max(at + by, 0), this.ids.length - 1)]
    if (extend) this.choose(id, 'range')
    else this.choose(id, 'only')
  }
}

export const library = new Library()

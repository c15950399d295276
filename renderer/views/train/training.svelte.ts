import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type {
  Curves,
  RunEntry,
  RunProgress,
  Trainable,
  TrainData,
  TrainEvent,
} from '../../../shared/contract/train.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { library } from '../../state/library.svelte.ts'
import { models } from '../../state/models.svelte.ts'

/** What a run is asked for in one click; data and length can be changed before it starts. */
export interface Preset {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly architecture: string
  readonly parent: string | null
  readonly selfSupervised?: boolean
  /** of the user's own photos, not of the samples */
  readonly isMine?: boolean
  readonly minutes?: number
  readonly epochs?: number
  readonly settings?: Readonly<Record<string, unknown>>
}

/** For networks that know photos already: what trains one from nothing would first make it worse. */
const gentle: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  denoiser: { learningRate: 0.0001, muonLearningRate: 0.0002, warmupSteps: 50, validateEvery: 100 },
  restorer: { learningRate: 0.0001, muonLearningRate: 0.0002, warmupSteps: 50, validateEvery: 100 },
  codec: { learningRate: 0.0001, muonLearningRate: 0.0003, warmupSteps: 20, validateEvery: 50 },
}

export const presets: readonly Preset[] = [
  {
    ...{
      id: 'noisy',
      title: 'Denoise my photos',
      architecture: 'denoiser',
      parent: 'denoiser',
      selfSupervised: true,
      isMine: true,
      minutes: 20,
    },
    settings: gentle.denoiser,
    text: 'From the bundled denoiser, on noisy photos alone: no clean ones are needed.',
  },
  {
    ...{ id: 'archive', title: 'Compress my archive', architecture: 'codec', parent: 'codec', minutes: 30 },
    ...{ isMine: true, settings: gentle.codec },
    text: 'From the bundled codec: it learns what your photos have in common.',
  },
  {
    ...{ id: 'codes', title: 'Codes of my photos', architecture: 'conv', parent: null, epochs: 40 },
    text: 'An autoencoder of small photos, to be looked at in Latents.',
    settings: {
      view: 'patch',
      patchesPerPhoto: 200,
      rows: 16,
      columns: 16,
      widths: [32, 64],
      code: 32,
      validationShare: 0.25,
    },
  },
]

/** What an IDX file does not know. */
const ofPhotosOnly = ['view', 'patchesPerPhoto', 'validationShare']

const ofDigits = { rows: 28, columns: 28, channels: 1, widths: [16, 32], code: 16, learningRate: 0.002 }

/** Settings for an IDX file of digits in place of photos, or the other way about. */
export function settingsFor(
  values: Readonly<Record<string, unknown>>,
  isIdx: boolean,
): Record<string, unknown> {
  const strange = isIdx ? ofPhotosOnly : Object.keys(ofDigits)
  const kept = Object.entries(values).filter(([name]) => !strange.includes(name))
  return { ...Object.fromEntries(kept), ...(isIdx ? ofDigits : {}) }
}

/** The form and the runs of the Train view. */
class Training {
  #trainables = $state.raw<readonly Trainable[]>([])
  #runs = $state.raw<readonly RunEntry[]>([])
  #isReady = $state(false)
  #failure = $state.raw<Failure | null>(null)
  readonly #progress = new SvelteMap<string, RunProgress>()
  readonly #notes = new SvelteMap<string, readonly string[]>()
  readonly #curves = new SvelteMap<string, Curves>()
  readonly #compared = new SvelteSet<string>()
  #current = $state<string | null>(null)

  /** what the form starts */
  kind = $state<'run' | 'sweep'>('run')
  architecture = $state('conv')
  data = $state.raw<TrainData>({ kind: 'samples' })
  dataTitle = $state('the sample photos')
  /** the data are an IDX file */
  isIdx = $state(false)
  name = $state('')
  lengthKind = $state<'epochs' | 'minutes'>('epochs')
  length = $state(40)
  parent = $state<string | null>(null)
  isSelfSupervised = $state(false)
  /** what was changed in the form, by name */
  values = $state.raw<Readonly<Record<string, unknown>>>({})
  isStarting = $state(false)
  #startFailure = $state.raw<Failure | null>(null)

  get trainables(): readonly Trainable[] {
    return this.#trainables
  }

  get trainable(): Trainable | undefined {
    return this.#trainables.find(({ architecture }) => architecture === this.architecture)
  }

  get runs(): readonly RunEntry[] {
    return this.#runs
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get startFailure(): Failure | null {
    return this.#startFailure
  }

  get current(): RunEntry | undefined {
    return this.#runs.find(({ id }) => id === this.#current) ?? this.#runs[0]
  }

  /** somebody asked for a run */
  get hasChosen(): boolean {
    return this.#runs.some(({ id }) => id === this.#current)
  }

  get running(): RunEntry | undefined {
    return this.#runs.find(({ status }) => status === 'running')
  }

  /** runs whose curves are drawn beside the current one's */
  get compared(): ReadonlySet<string> {
    return this.#compared
  }

  progressOf(id: string): RunProgress | undefined {
    return this.#progress.get(id)
  }

  notesOf(id: string): readonly string[] {
    return this.#notes.get(id) ?? []
  }

  curvesOf(id: string): Curves | undefined {
    return this.#curves.get(id)
  }

  /** Models of the chosen architecture, to start from. */
  get parents(): readonly { id: string; title: string }[] {
    const fits = (architecture: string) =>
      architecture === this.architecture || (this.architecture === 'restorer' && architecture === 'denoiser')
    return models.list.filter((model) => fits(model.architecture)).map(({ id }) => ({ id, title: id }))
  }

  /** Whether a setting says something about the chosen data. */
  knows(name: string): boolean {
    // Of noisy photos alone the noise is what it is.
    if (this.isSelfSupervised && (name === 'sigmaMax255' || name === 'crop')) return false
    return this.isIdx ? !ofPhotosOnly.includes(name) : name !== 'trainingCount'
  }

  follow(): () => void {
    client.train.trainables(undefined).then(
      (found) => {
        this.#trainables = found
      },
      (error) => {
        this.#failure = failureOf(error)
      },
    )
    return client.train.events(undefined, {
      onData: (event) => this.#take(event),
      onError: (error) => {
        this.#failure = failureOf(error)
      },
    })
  }

  choose(id: string): void {
    this.#current = id
    if (!this.#curves.has(id)) void this.#load(id)
  }

  compare(id: string, isCompared: boolean): void {
    if (isCompared) this.#compared.add(id)
    else this.#compared.delete(id)
    if (isCompared && !this.#curves.has(id)) void this.#load(id)
  }

  set(name: string, value: unknown): void {
    this.values = { ...this.values, [name]: value }
  }

  setArchitecture(architecture: string): void {
    if (architecture === this.architecture) return
    this.architecture = architecture
    this.values = {}
    this.parent = null
    this.isSelfSupervised = false
    const isLong = !['conv', 'vae', 'dense'].includes(architecture)
    this.lengthKind = isLong ? 'minutes' : 'epochs'
    this.length = isLong ? 20 : 40
    if (isLong && this.parents.length > 0) this.setParent(this.parents[0]!.id)
  }

  setParent(id: string | null): void {
    this.parent = id
    const own = Object.keys(gentle[this.architecture] ?? {})
    const kept = Object.entries(this.values).filter(([name]) => !own.includes(name))
    this.values = { ...Object.fromEntries(kept), ...(id ? gentle[this.architecture] : {}) }
  }

  apply(preset: Preset): void {
    this.setArchitecture(preset.architecture)
    // My photos are those of the library, where there are any.
    if (preset.isMine && this.data.kind === 'samples' && library.facets.total > 1) {
      this.data = { kind: 'library' }
      this.dataTitle = 'the library'
    }
    this.parent = preset.parent && models.list.some(({ id }) => id === preset.parent) ? preset.parent : null
    this.isSelfSupervised = preset.selfSupervised ?? false
    this.lengthKind = preset.epochs ? 'epochs' : 'minutes'
    this.length = preset.epochs ?? preset.minutes ?? 20
    this.values = { ...preset.settings }
  }

  async start(): Promise<boolean> {
    this.isStarting = true
    this.#startFailure = null
    try {
      const name = this.name.trim() || this.suggestedName
      const { id } = await client.train.start({
        ...{ name, architecture: this.architecture, data: this.data, parent: this.parent },
        selfSupervised: this.isSelfSupervised,
        length: this.lengthKind === 'epochs' ? { epochs: this.length } : { minutes: this.length },
        settings: this.values as Record<string, never>,
      })
      this.#current = id
      this.name = ''
      return true
    } catch (error) {
      this.#startFailure = failureOf(error)
      return false
    } finally {
      this.isStarting = false
    }
  }

  get suggestedName(): string {
    const taken = new Set([...this.#runs.map(({ id }) => id), ...models.list.map(({ id }) => id)])
    for (let n = 1; ; n++)
      if (!taken.has(`my-${this.architecture}-${n}`)) return `my-${this.architecture}-${n}`
  }

  #take(event: TrainEvent): void {
    if (event.kind === 'runs') {
      this.#runs = event.runs
      this.#isReady = true
      const { current } = this
      if (current && !this.#curves.has(current.id)) void this.#load(current.id)
    } else if (event.kind === 'progress') {
      this.#progress.set(event.id, event)
    } else if (event.kind === 'note') {
      this.#notes.set(event.id, [...this.notesOf(event.id), event.text].slice(-20))
    } else if (event.id === this.current?.id || this.#compared.has(event.id)) {
      void this.#load(event.id)
    }
  }

  async #load(id: string): Promise<void> {
    try {
      this.#curves.set(id, await client.train.curves({ id }))
    } catch (error) {
      this.#failure = failureOf(error)
    }
  }
}

export const training = new Training()

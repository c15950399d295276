import type { SweepEntry } from '../../../shared/contract/sweeps.ts'
import type { TrainSetting } from '../../../shared/contract/train.ts'
import { gridCount, parseRange, type Range } from '../../../shared/sweep-range.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { models } from '../../state/models.svelte.ts'
import { presets, training } from './training.svelte.ts'

/** A setting that is tried, as it is typed. */
export interface Try {
  readonly name: string
  readonly text: string
}

const ofPatches = presets.find(({ id }) => id === 'codes')!.settings!

/** The sweeps there are, and the form of the next. */
class Sweeps {
  #entries = $state.raw<readonly SweepEntry[]>([])
  #failure = $state.raw<Failure | null>(null)
  #startFailure = $state.raw<Failure | null>(null)
  #current = $state<number | null>(null)

  models = $state.raw<readonly string[]>(['conv', 'vae'])
  tries = $state.raw<readonly Try[]>([
    { name: 'code', text: '8, 32' },
    { name: 'learningRate', text: '0.002, 0.008' },
  ])
  trialsKind = $state<'grid' | 'draws'>('grid')
  draws = $state(12)
  minEpochs = $state(2)
  maxEpochs = $state(18)
  eta = $state(3)
  name = $state('')
  values = $state.raw<Readonly<Record<string, unknown>>>({ ...ofPatches })
  isStarting = $state(false)

  follow(): () => void {
    return client.sweeps.entries(undefined, {
      onData: (entries) => {
        this.#entries = entries
        this.#failure = null
      },
      onError: (error) => {
        this.#failure = failureOf(error)
      },
    })
  }

  /** the latest first */
  get entries(): readonly SweepEntry[] {
    return this.#entries
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get startFailure(): Failure | null {
    return this.#startFailure
  }

  /** the one that is looked at */
  get current(): SweepEntry | undefined {
    return this.#entries.find(({ job }) => job === this.#current)
  }

  choose(job: number | null): void {
    this.#current = job
  }

  /** The sweep that a run is a trial of. */
  of(run: string): SweepEntry | undefined {
    return this.#entries.find(
      ({ id, trials }) => run.startsWith(`${id}-`) && trials.some((trial) => trial.run === run),
    )
  }

  /** Settings that every chosen model knows. */
  get settings(): readonly TrainSetting[] {
    const [first, ...others] = training.trainables.filter(({ architecture }) =>
      this.models.includes(architecture),
    )
    return (first?.settings ?? []).filter(({ name }) =>
      others.every(({ settings }) => settings.some((one) => one.name === name)),
    )
  }

  /** Models of one sweep do the same: another task begins a new choice. */
  chooseModel(architecture: string, isChosen: boolean): void {
    const taskOf = (id: string) => training.trainables.find((one) => one.architecture === id)?.task
    const rest = this.models.filter((one) => one !== architecture && taskOf(one) === taskOf(architecture))
    this.models = isChosen ? [...rest, architecture] : rest
  }

  set(name: string, value: unknown): void {
    this.values = { ...this.values, [name]: value }
  }

  /** @returns what each setting may be, or why that cannot be read, by its place in the list */
  get ranges(): readonly ({ readonly range: Range } | { readonly reason: string })[] {
    return this.tries.map(({ name, text }) => {
      try {
        return { range: parseRange(name, text) }
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error) }
      }
    })
  }

  /** How many trials, or why there are none. */
  get plan(): { readonly count: number } | { readonly reason: string } {
    if (this.models.length === 0) return { reason: 'Choose at least one model.' }
    const ranges = this.ranges
    if (ranges.some((one) => 'reason' in one)) return { reason: 'A setting to try cannot be read.' }
    if (ranges.length === 0 && this.models.length < 2)
      return { reason: 'Add a setting to try, or a second model.' }
    if (this.minEpochs > this.maxEpochs)
      return { reason: 'The first epochs are more than those of the best.' }
    if (this.trialsKind === 'draws') return { count: this.draws }
    const named = Object.fromEntries(
      this.tries.map(({ name }, i) => [name, (ranges[i] as { range: Range }).range]),
    )
    const count = gridCount(named)
    if (count === null) return { reason: 'Between two numbers lie endless values: draw trials at random.' }
    return count * this.models.length > 1000
      ? { reason: 'These are more than 1,000 trials: draw some at random.' }
      : { count: count * this.models.length }
  }

  get suggestedName(): string {
    const taken = new Set([
      ...this.#entries.map(({ id }) => id),
      ...training.runs.map(({ id }) => id),
      ...models.list.map(({ id }) => id),
    ])
    for (let n = 1; ; n++) {
      const name = `sweep-${n}`
      if (![...taken].some((one) => one === name || one.startsWith(`${name}-`))) return name
    }
  }

  async start(): Promise<boolean> {
    this.isStarting = true
    this.#startFailure = null
    try {
      const known = new Set(this.settings.map(({ name }) => name))
      const tried = this.tries.map(({ name, text }) => [name, parseRange(name, text)] as const)
      const settings = Object.entries(this.values).filter(
        ([name]) => known.has(name) && !tried.some(([one]) => one === name),
      )
      const { job } = await client.sweeps.start({
        ...{ name: this.name.trim() || this.suggestedName, models: [...this.models], data: training.data },
        ...{ tries: Object.fromEntries(tried), trials: this.trialsKind === 'grid' ? 'grid' : this.draws },
        ...{ minEpochs: this.minEpochs, maxEpochs: this.maxEpochs, eta: this.eta },
        settings: Object.fromEntries(settings) as Record<string, never>,
      })
      this.#current = job
      this.name = ''
      return true
    } catch (error) {
      this.#startFailure = failureOf(error)
      return false
    } finally {
      this.isStarting = false
    }
  }
}

export const sweeps = new Sweeps()

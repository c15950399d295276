import type { ModelEntry } from '../../shared/contract/models.ts'
import { client } from './client.ts'
import { type Failure, failureOf } from './failure.ts'

/** The models that are known, with their cards. */
class Models {
  #list = $state.raw<readonly ModelEntry[]>([])
  #isReady = $state(false)
  #failure = $state.raw<Failure | null>(null)

  follow(): () => void {
    void this.reload()
    return client.models.changes(undefined, { onData: () => void this.reload() })
  }

  get list(): readonly ModelEntry[] {
    return this.#list
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get failure(): Failure | null {
    return this.#failure
  }

  of(task: ModelEntry['task']): readonly ModelEntry[] {
    return this.#list.filter((model) => model.task === task)
  }

  async reload(): Promise<void> {
    try {
      this.#list = await client.models.list(undefined)
      this.#failure = null
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#isReady = true
  }
}

export const models = new Models()

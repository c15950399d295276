export type CloseAnswer = 'close' | 'keep-running' | 'cancel'

/** Asked once when the window is closed while jobs run. */
class CloseQuestion {
  #jobs = $state<number | null>(null)
  #answer: ((answer: CloseAnswer) => void) | undefined

  /** how many run, while the question stands */
  get jobs(): number | null {
    return this.#jobs
  }

  ask(jobs: number): Promise<CloseAnswer> {
    this.#answer?.('cancel')
    this.#jobs = jobs
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  answer(answer: CloseAnswer): void {
    this.#jobs = null
    this.#answer?.(answer)
    this.#answer = undefined
  }
}

export const closeQuestion = new CloseQuestion()

/** Files that are to go are asked about once: nothing in Hourglass can bring them back. */
class TrashQuestion {
  #ids = $state.raw<readonly number[] | null>(null)
  #answer: ((yes: boolean) => void) | undefined

  get ids(): readonly number[] | null {
    return this.#ids
  }

  ask(ids: readonly number[]): Promise<boolean> {
    this.#answer?.(false)
    this.#ids = ids
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  answer(yes: boolean): void {
    this.#answer?.(yes)
    this.#answer = undefined
    this.#ids = null
  }
}

export const trashQuestion = new TrashQuestion()

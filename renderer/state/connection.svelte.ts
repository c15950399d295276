/** Whether the core answers; said only after it has been away for a moment. */
export class Connection {
  #isLost = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined

  get isLost(): boolean {
    return this.#isLost
  }

  opened(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isLost = false
  }

  closed(): void {
    this.#timer ??= setTimeout(() => {
      this.#isLost = true
    }, 1_500)
  }
}

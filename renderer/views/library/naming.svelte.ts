/** Which collection's name is being typed. */
class Naming {
  #at = $state<number | 'new' | null>(null)
  #photos: readonly number[] = []

  /** id of the collection, or `new` */
  get at(): number | 'new' | null {
    return this.#at
  }

  /** what the new collection is to hold */
  get photos(): readonly number[] {
    return this.#photos
  }

  /** A new collection of these photos. */
  begin(photos: readonly number[]): void {
    this.#photos = photos
    this.#at = 'new'
  }

  rename(id: number): void {
    this.#at = id
  }

  end(): void {
    this.#at = null
  }
}

export const naming = new Naming()

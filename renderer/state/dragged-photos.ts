/** Of drags within a browser's window. */
export const photosType = 'application/x-hourglass'

/** Photos of the library that this window drags. The desktop drags their files: those bring no ids back. */
class DraggedPhotos {
  #ids: readonly number[] = []
  #firstName = ''

  /** @param firstName of the file of the first of them */
  begin(ids: readonly number[], firstName: string): void {
    this.#ids = ids
    this.#firstName = firstName
    // While something is dragged the pointer does not move: once it does, that is over.
    const end = ({ buttons }: PointerEvent) => {
      if (buttons !== 0) return
      this.#ids = []
      window.removeEventListener('pointermove', end)
    }
    window.addEventListener('pointermove', end)
  }

  /** Whether what is over the window came from it. */
  isIn({ types }: DataTransfer): boolean {
    return types.includes(photosType) || (this.#ids.length > 0 && types.includes('Files'))
  }

  /** The photos that were dropped; none where it is something else. */
  dropped(data: DataTransfer): readonly number[] {
    const sent = data.getData(photosType)
    if (sent !== '') return sent.split(',').map(Number)
    const isSame = data.files.length > 0 && data.files[0].name === this.#firstName
    return isSame ? this.#ids : []
  }
}

export const draggedPhotos = new DraggedPhotos()

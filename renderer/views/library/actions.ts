import { downloadUrl, imageKey } from '../../../shared/contract/pixels.ts'
import { client } from '../../state/client.ts'
import { count } from '../../state/format.svelte.ts'
import { library } from '../../state/library.svelte.ts'
import { say, sayError, sayWithUndo } from '../../state/notices.ts'
import { trashQuestion } from './trash-question.svelte.ts'

/** The bundled photos; the first one becomes current. */
export async function importSamples(): Promise<void> {
  try {
    const { ids } = await client.library.importSamples(undefined)
    await library.reload()
    if (ids.length > 0) library.open(ids[0])
  } catch (error) {
    sayError(error)
  }
}

export function removeChosen(): void {
  const ids = library.chosen
  if (ids.length === 0) return
  client.library.remove({ ids }).then((undo) => {
    library.chooseNone()
    sayWithUndo(`${count(undo.count, 'photo')} removed from the library; the files stay`, undo)
    void library.reload()
  }, sayError)
}

export function reveal(id: number): void {
  client.library.reveal({ id }).catch(sayError)
}

/** In a browser: the original, as a file of the person's machine. */
export function download(id: number): void {
  const link = document.createElement('a')
  link.href = downloadUrl(imageKey(id))
  link.download = library.row(id)?.name ?? ''
  link.click()
}

/** Moves the chosen photos' files to the system's trash, once that was said to be meant. */
export async function askForTrash(): Promise<void> {
  const ids = library.chosen
  if (ids.length === 0 || !(await trashQuestion.ask(ids))) return
  try {
    const { count: gone } = await client.library.trash({ ids })
    library.chooseNone()
    say(`${count(gone, 'photo')} moved to the trash`)
  } catch (error) {
    sayError(error)
  }
  await library.reload()
}

export function addToCollection(id: number, ids: number[]): void {
  client.collections.add({ id, ids }).then(({ added }) => {
    const name = library.collections.find((one) => one.id === id)?.name ?? 'the collection'
    say(added === 0 ? `In ${name} already` : `${count(added, 'photo')} added to ${name}`)
    void library.reload()
  }, sayError)
}

export async function newCollection(name: string, ids: number[]): Promise<void> {
  try {
    await client.collections.create({ name, ids })
    say(`Collection ${name} made${ids.length > 0 ? ` of ${count(ids.length, 'photo')}` : ''}`)
    await library.reload()
  } catch (error) {
    sayError(error)
  }
}

export function takeFromCollection(id: number, ids: number[]): void {
  client.collections.take({ id, ids }).then((undo) => {
    sayWithUndo(`${count(undo.removed, 'photo')} taken out of the collection`, undo)
    void library.reload()
  }, sayError)
}

export function removeCollection(id: number): void {
  client.collections.remove({ id }).then((undo) => {
    sayWithUndo('Collection removed; its photos stay in the library', undo)
    if (library.view.collection === id) library.clearFilters()
    else void library.reload()
  }, sayError)
}

export function renameCollection(id: number, name: string): void {
  client.collections.rename({ id, name }).then((undo) => {
    sayWithUndo(`Collection renamed to ${undo.collection.name}`, undo)
    void library.reload()
  }, sayError)
}

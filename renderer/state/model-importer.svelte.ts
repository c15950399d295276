import { modelUploadUrl, type UrlError } from '../../shared/contract/pixels.ts'
import { client } from './client.ts'
import { type DroppedFile, filesOf } from './dropped-files.ts'
import { type Failure, failureOf } from './failure.ts'
import { models } from './models.svelte.ts'
import { say } from './notices.ts'

interface Imported {
  readonly id: string
  readonly isNew: boolean
}

const cardName = 'card.json'
const weightsName = 'weights.safetensors'
/** of a dropped folder */
const wanted = /(^|[\\/])(card\.json|weights\.safetensors)$|\.zip$/i

/** Takes models in: by the path of their folder or zip file, or from a browser by their bytes. */
class ModelImporter {
  #failure = $state.raw<Failure | null>(null)
  #sending = $state<string | null>(null)

  get failure(): Failure | null {
    return this.#failure
  }

  /** the name of what is on its way */
  get sending(): string | null {
    return this.#sending
  }

  async paths(paths: readonly string[]): Promise<void> {
    // A file of a model stands for its folder.
    const folders = paths.map((path) =>
      /\.zip$/i.test(path) || !wanted.test(path) ? path : path.replace(/[\\/][^\\/]*$/, ''),
    )
    for (const path of new Set(folders)) await this.#take(path, () => client.models.import({ path }))
  }

  /** Dropped things, or files chosen in a browser. */
  async dropped(data: DataTransfer | FileList): Promise<void> {
    const bridge = window.hourglass
    const files = data instanceof DataTransfer ? data.files : data
    if (bridge) return this.paths([...files].map((file) => bridge.pathForFile(file)).filter(Boolean))
    const found = modelsIn(await filesOf(data, wanted))
    if (found.length === 0) {
      this.#failure = failureOf({
        code: 'not-found',
        message: `Expected the folder of a model with its ${cardName} and ${weightsName}, or a .zip of it`,
      })
    }
    for (const { name, parts } of found) await this.#take(name, () => send(parts))
  }

  async #take(name: string, work: () => Promise<Imported>): Promise<void> {
    this.#failure = null
    this.#sending = name
    try {
      const { id, isNew } = await work()
      say(isNew ? `Model ${id} imported` : `Model ${id} is here already`)
      await models.reload()
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#sending = null
  }
}

export const modelImporter = new ModelImporter()

interface FoundModel {
  readonly name: string
  /** a zip file; or card and weights */
  readonly parts: readonly File[]
}

/** Zip files, and cards with the weights beside them. */
function modelsIn(files: readonly DroppedFile[]): FoundModel[] {
  return files.flatMap(({ file, folder }) => {
    if (/\.zip$/i.test(file.name)) return { name: file.name, parts: [file] }
    if (file.name !== cardName) return []
    const weights = files.find((other) => other.folder === folder && other.file.name === weightsName)
    return weights ? { name: folder || cardName, parts: [file, weights.file] } : []
  })
}

async function send(parts: readonly File[]): Promise<Imported> {
  const url = parts.length > 1 ? modelUploadUrl(parts[0].size) : modelUploadUrl()
  const answer = await fetch(url, { method: 'POST', body: new Blob([...parts]) })
  if (answer.ok) return (await answer.json()) as Imported
  const sent = (await answer.json().catch(() => null)) as UrlError | null
  throw sent?.error ?? new Error(`the model could not be sent (HTTP ${answer.status})`)
}

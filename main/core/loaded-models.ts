import { AppError } from '../../shared/errors.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { type ModelCard, readCard, readWeights } from '../models/card.ts'
import { chooseInference, compiledNetwork } from '../models/compiled-network.ts'
import { parametersFromFile } from '../models/layers/parameters.ts'
import type { Network } from '../models/model.ts'
import type { StoredTensors } from '../models/safetensors.ts'
import { architecture } from '../models/zoo.ts'
import type { ModelRef } from './engine-tasks.ts'

export interface LoadedModel {
  readonly card: ModelCard
  readonly network: Network
  readonly parameters: NamedTensors
  /** what its file holds */
  readonly stored: StoredTensors
  /** what was made from it, freed with it */
  readonly owned: { dispose(): void }[]
  /** the network as it runs fastest here; measured at the first call on a machine */
  compiled(): Promise<ReturnType<typeof compiledNetwork>>
  dispose(): void
}

/** Few models are in use at a time; the one used longest ago makes room. */
const keptModels = 4
const loaded = new Map<string, Promise<LoadedModel>>()

/** A model ready to run in this engine process, from its folder at first use. */
export async function loadModel(ref: ModelRef): Promise<LoadedModel> {
  // By folder, too: another card may claim the same weights, truly or not.
  const key = JSON.stringify([ref.folder, ref.sha256])
  const model = loaded.get(key) ?? readModel(ref)
  loaded.delete(key)
  loaded.set(key, model)
  try {
    await model
  } catch (error) {
    if (loaded.get(key) === model) loaded.delete(key)
    throw error
  }
  for (const [oldest, old] of loaded) {
    if (loaded.size <= keptModels) break
    loaded.delete(oldest)
    ;(await old).dispose()
  }
  return model
}

/**
 * Reads a model anew.
 * @throws AppError `not-found`, `corrupt` where weights, card, architecture and the hash asked for do not fit together
 */
export async function readModel({ folder, sha256 }: ModelRef): Promise<LoadedModel> {
  const card = await readCard(folder)
  if (card.weights.sha256 !== sha256) {
    const [expected, found] = [sha256, card.weights.sha256].map((hash) => hash.slice(0, 12))
    throw new AppError('corrupt', `model ${card.id}: expected weights ${expected}, ${folder} holds ${found}`)
  }
  const model = architecture(card.architecture.id)
  const options = model.options.safeParse(card.architecture.options)
  if (!options.success) {
    const [issue] = options.error.issues
    throw new AppError(
      'corrupt',
      `model ${card.id}: its card's architecture: ${issue!.path.join('.')}: ${issue!.message}`,
    )
  }
  const stored = await readWeights(folder, card)
  const tensors = model.unpack ? model.unpack(stored, options.data) : stored
  const specs = model.parameters(options.data)
  const parameters = parametersFromFile(specs, tensors, folder)
  const network = model.build(options.data)
  const owned: LoadedModel['owned'] = []
  let fast: ReturnType<LoadedModel['compiled']> | null = null
  return {
    ...{ stored, owned },
    card,
    network,
    parameters,
    compiled() {
      const architecture = { id: card.architecture.id, options: options.data }
      fast ??= chooseInference({ network, parameters, specs, architecture }).then(({ mode }) =>
        compiledNetwork(network, mode),
      )
      fast.catch(() => {
        fast = null
      })
      return fast
    },
    dispose() {
      tf.dispose(parameters)
      for (const one of owned) one.dispose()
      fast?.then((compiled) => compiled.dispose()).catch(() => {})
    },
  }
}

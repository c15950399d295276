import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { type ModelCard, readCard, readWeights } from '../models/card.ts'
import { parametersFromFile } from '../models/layers/parameters.ts'
import type { Network } from '../models/model.ts'
import { architecture } from '../models/zoo.ts'
import type { ModelRef } from './engine-tasks.ts'

export interface LoadedModel {
  readonly card: ModelCard
  readonly network: Network
  readonly parameters: NamedTensors
}

/** Few models are in use at a time; the oldest makes room. */
const keptModels = 4
const loaded = new Map<string, LoadedModel>()

/** A model ready to run in this engine process, from its folder at first use. */
export async function loadModel({ folder, sha256 }: ModelRef): Promise<LoadedModel> {
  const known = loaded.get(sha256)
  if (known) return known
  const card = await readCard(folder)
  const model = architecture(card.architecture.id)
  const options = model.options.parse(card.architecture.options)
  const tensors = await readWeights(folder, card)
  const parameters = parametersFromFile(model.parameters(options), tensors, folder)
  const entry = { card, network: model.build(options), parameters }
  loaded.set(sha256, entry)
  for (const [oldest, { parameters: old }] of loaded) {
    if (loaded.size <= keptModels) break
    loaded.delete(oldest)
    tf.dispose(old)
  }
  return entry
}

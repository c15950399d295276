import { join } from 'node:path'

// Read outside the engine, too: it must not lead to TensorFlow.

/** The averaged weights that validated best, in the file form of the architecture's models. */
export function bestWeightsPath(folder: string): string {
  return join(folder, 'best.safetensors')
}

export function checkpointPath(folder: string): string {
  return join(folder, 'checkpoint.safetensors')
}

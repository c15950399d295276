import type { Engine } from '../engine/host.ts'
import type { EngineTasks, ModelRef } from './engine-tasks.ts'

/**
 * Has the engine start, load a model and find out how it runs fastest, while the picture for it is still being read.
 * What fails here fails again, and is told, when the picture is worked on.
 */
export function makeReady(
  engine: Pick<Engine<EngineTasks>, 'call'>,
  model: ModelRef,
  signal?: AbortSignal | undefined,
): void {
  engine.call('ready', model, { signal }).catch(() => {})
}

import { AppError } from '../../../shared/errors.ts'
import type { Tensor4D } from '../../engine/tensorflow.ts'
import type { Network } from '../../models/model.ts'
import type { RunConfig } from '../run-config.ts'
import type { TrainingTask } from '../task.ts'
import { createDenoiseTask } from './denoise.ts'

/** The data, loss and validation of a run, from its step on. */
export function createTask(config: RunConfig, network: Network, startStep: number): Promise<TrainingTask> {
  const { batch, seed } = config.settings
  switch (config.task.kind) {
    case 'denoise':
      return createDenoiseTask({ network: network as Network<Tensor4D>, ...config.task, batch, seed, startStep })
    case 'digits':
      throw new AppError('internal', 'x')
  }
}

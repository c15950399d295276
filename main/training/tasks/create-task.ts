import type { Tensor4D } from '../../engine/tensorflow.ts'
import type { AutoencoderNetwork } from '../../models/autoencoder/network.ts'
import { codecOptions } from '../../models/codec/options.ts'
import type { Network } from '../../models/model.ts'
import type { RunConfig } from '../run-config.ts'
import type { TrainingTask } from '../task.ts'
import { createCompressTask } from './compress.ts'
import { createDenoiseTask } from './denoise.ts'
import { createDigitsTask } from './digits.ts'
import { createNeighboursTask } from './neighbours.ts'
import { createRestoreTask } from './restore.ts'
import { createThumbnailsTask, imageShapeOf } from './thumbnails.ts'

/** The data, loss and validation of a run, from its step on. */
export function createTask(config: RunConfig, network: Network, startStep: number): Promise<TrainingTask> {
  const { batch, seed } = config.settings
  const common = { batch, seed, startStep }
  switch (config.task.kind) {
    case 'denoise':
      return createDenoiseTask({ network: network as Network<Tensor4D>, ...config.task, ...common })
    case 'neighbours':
      return createNeighboursTask({ network: network as Network<Tensor4D>, ...config.task, ...common })
    case 'restore':
      return createRestoreTask({ network: network as Network<Tensor4D>, ...config.task, ...common })
    case 'compress':
      return createCompressTask({ options: codecOptions.parse(config.options), ...config.task, ...common })
    case 'digits':
      return createDigitsTask({ network: network as AutoencoderNetwork, ...config.task, ...common })
    case 'thumbnails':
      return createThumbnailsTask({
        ...{ network: network as AutoencoderNetwork, ...config.task, ...common },
        shape: imageShapeOf(config.options),
      })
  }
}

import type { Tensor4D } from '../../engine/tensorflow.ts'
import { codecOptions } from '../../models/codec/options.ts'
import type { DenseNetwork } from '../../models/dense/dense.ts'
import { denseOptions } from '../../models/dense/options.ts'
import type { Network } from '../../models/model.ts'
import type { RunConfig } from '../run-config.ts'
import type { TrainingTask } from '../task.ts'
import { createCompressTask } from './compress.ts'
import { createDenoiseTask } from './denoise.ts'
import { createDigitsTask } from './digits.ts'

/** The data, loss and validation of a run, from its step on. */
export function createTask(config: RunConfig, network: Network, startStep: number): Promise<TrainingTask> {
  const { batch, seed } = config.settings
  const common = { batch, seed, startStep }
  switch (config.task.kind) {
    case 'denoise':
      return createDenoiseTask({ network: network as Network<Tensor4D>, ...config.task, ...common })
    case 'compress':
      return createCompressTask({ options: codecOptions.parse(config.options), ...config.task, ...common })
    case 'digits': {
      const { inputs } = denseOptions.parse(config.options)
      return createDigitsTask({ network: network as DenseNetwork, ...config.task, inputs, ...common })
    }
  }
}

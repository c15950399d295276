import { askedMode } from '../../engine/choose.ts'
import type { Tensor4D } from '../../engine/tensorflow.ts'
import type { Network } from '../../models/model.ts'

/** What a task on crops of photos is made from. */
export interface PhotoTaskOptions<Data> {
  readonly network: Network<Tensor4D>
  readonly data: Data
  /** paths of photos that are learned from, and of those that judge */
  readonly training: readonly string[]
  readonly validation: readonly string[]
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** Always in float32, however the steps run: a run's validations compare with each other and with other runs'. */
export function judgingMode(): 'eager' | 'float32' {
  return askedMode() === 'eager' ? 'eager' : 'float32'
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

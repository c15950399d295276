import type { NamedTensors, Scalar } from '../engine/tensorflow.ts'

/** Arrays by name with their shapes, as data threads deliver them. */
export type Batch = Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>

export interface Validation {
  /** lower is better; what the best weights are chosen by */
  readonly loss: number
  /** further figures by name with their unit, e.g. `psnr25 (dB)` */
  readonly metrics: Readonly<Record<string, number>>
}

/** What is trained on what: the data, the loss and the validation of one run. */
export interface TrainingTask {
  readonly samplesPerStep: number
  /** steps that see every sample once (photos: as many crops as cover the photos' pixels) */
  readonly stepsPerEpoch: number
  /** The loss needs more than bfloat16's digits. */
  readonly needsFloat32?: boolean
  /** Sentences about data that was left out. */
  readonly notes: readonly string[]
  /** Fresh weights made a better start by the data; takes them over. Only for runs that start from no model. */
  start?(parameters: NamedTensors): Promise<NamedTensors>
  /** The batch of a step; batches of one seed are the same whenever they are asked for. Called with 0, 1, 2 ... from the start on. */
  next(): Promise<Batch>
  /** What is computed from weights and batch for the loss to use, without a gradient through it; joins the batch. */
  constants?(parameters: NamedTensors, batch: NamedTensors): NamedTensors
  /** The loss of a batch, a pure function of tensors. */
  loss(parameters: NamedTensors, batch: NamedTensors): Scalar
  /** Judges weights on the held-out data. */
  validate(parameters: NamedTensors, signal: AbortSignal): Promise<Validation>
  /** Held-out images and what the network makes of them, to be looked at. */
  samples?(parameters: NamedTensors): Samples
  close(): Promise<void>
}

/** A few images of one size, values in [0, 1], channels last. */
export interface Samples {
  readonly rows: number
  readonly columns: number
  readonly channels: 1 | 3
  /** what the network is given, and what it gives: count * rows * columns * channels */
  readonly inputs: Float32Array
  readonly outputs: Float32Array
}

import { type Tensor, tf, type tfTypes } from '../tensorflow.ts'
import { type OpDefinition, parseOpList } from './op-list.ts'

export interface OpAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

type TensorInfo = Pick<Tensor, 'dataId' | 'shape'>

/** What tfjs-node's backend keeps of a tensor. */
export interface TensorRecord {
  readonly shape: number[]
  /** TensorFlow's number of the type */
  readonly dtype: number
  /** JavaScript's values while they have not been handed to TensorFlow */
  readonly values: ArrayLike<number> | null
  /** TensorFlow's handle, or -1 */
  id: number
  refCount: number
}

/** tfjs-node's backend as it is inside: every op of the package passes through its two `execute` methods. */
export interface NodeBackend {
  readonly binding: Binding
  readonly tensorMap: { get(dataId: object): TensorRecord; set(dataId: object, record: TensorRecord): void }
  executeSingleOutput(op: string, attributes: readonly OpAttribute[], inputs: readonly TensorInfo[]): Tensor
  executeMultipleOutputs(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
    count: number,
  ): Tensor[]
  /** TensorFlow's handles, for a call of the binding. */
  getInputTensorIds(inputs: readonly TensorInfo[]): number[]
  createOutputTensor(metadata: { shape: number[]; dtype: number; id: number }): Tensor
  move(dataId: object, values: ArrayLike<number>, shape: number[], dtype: string, refCount: number): void
  readSync(dataId: object): unknown
}

interface Binding {
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number
  deleteTensor(id: number): void
  executeOp(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): { readonly id: number }[]
  addFunctionDef?(definition: Uint8Array): void
  removeFunction?(name: string): void
  getAllOpList?(): Uint8Array
}

/** Parts of tfjs's engine that it does not declare. */
export interface TfjsEngine {
  readonly state: { readonly gradientDepth: number }
  makeVariable(start: Tensor): tfTypes.Variable
}

export const backend = tf.backend() as unknown as NodeBackend
export const tfjsEngine = tf.engine() as unknown as TfjsEngine

/** False where the binding is the package's own: then functions run eagerly. */
export const canCompile = typeof backend.binding.addFunctionDef === 'function'

let knownOps: ReadonlyMap<string, OpDefinition> | null = null

/** All ops of this TensorFlow by name; read once. */
export function allOps(): ReadonlyMap<string, OpDefinition> {
  knownOps ??= parseOpList(backend.binding.getAllOpList?.() ?? new Uint8Array())
  return knownOps
}

/** A tensor of its own with the same buffer. */
export function nativeCopy(tensor: Tensor): Tensor {
  const { dtype } = backend.tensorMap.get(tensor.dataId)
  const attributes = [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: dtype }]
  return backend.executeSingleOutput('Identity', attributes, [tensor])
}

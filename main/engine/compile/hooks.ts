import { tf } from '../tensorflow.ts'
import { backend, tfjsEngine } from './backend.ts'
import { bakedRandom, type Recorder } from './recorder.ts'
import { drawingFunction, refusal } from './refuse.ts'
import { standInShape } from './stand-in.ts'

let active: Recorder | null = null

/** True while a function is traced: a compiled function called then becomes part of the one being traced. */
export function isTracing(): boolean {
  return active !== null
}

/**
 * Runs `run` with a recorder standing where every op of tfjs-node passes, and where values enter and leave. What
 * would happen once and not be replayed (random numbers, variables) is refused at its line.
 */
export function recording<T>(recorder: Recorder, run: () => T): T {
  const undo: (() => void)[] = []
  function hook<Owner extends object, Name extends keyof Owner>(
    owner: Owner,
    name: Name,
    replace: (original: Owner[Name]) => Owner[Name],
  ): void {
    const own = Object.hasOwn(owner, name)
    const original = owner[name]
    owner[name] = replace(original)
    undo.push(() => {
      if (own) owner[name] = original
      else delete owner[name]
    })
  }

  hook(
    backend,
    'executeMultipleOutputs',
    (original) =>
      function execute(op, attributes, inputs, count) {
        recorder.check(op, inputs)
        const shape = standInShape(op, attributes, inputs)
        const outputs = shape ? [standIn(shape)] : original.call(backend, op, attributes, inputs, count)
        recorder.record(op, attributes, inputs, outputs)
        return outputs
      },
  )
  const nativeSingle = backend.executeSingleOutput
  hook(
    backend,
    'executeSingleOutput',
    () => (op, attributes, inputs) => backend.executeMultipleOutputs(op, attributes, inputs, 1)[0]!,
  )
  hook(
    backend,
    'createOutputTensor',
    (original) =>
      function create(metadata) {
        const tensor = original.call(backend, metadata)
        recorder.appeared(tensor.dataId)
        return tensor
      },
  )
  hook(
    backend,
    'move',
    (original) =>
      function move(dataId, values, shape, dtype, refCount) {
        recorder.created(dataId, values, shape, dtype)
        original.call(backend, dataId, values, shape, dtype, refCount)
      },
  )
  hook(
    backend,
    'readSync',
    (original) =>
      function read(dataId) {
        recorder.read(dataId)
        return original.call(backend, dataId)
      },
  )
  hook(Math, 'random', () => () => {
    throw refusal(drawingFunction() ?? 'Math.random', bakedRandom)
  })
  hook(tfjsEngine, 'makeVariable', () => () => {
    throw refusal('a new variable', 'it would be made once; make it outside and pass it as an input')
  })
  hook(tf.Variable.prototype, 'assign', () => () => {
    throw refusal('an assignment to a variable', 'it would not be replayed; return the new value instead')
  })

  /** Zeros of a shape, made by TensorFlow without being recorded. */
  function standIn(shape: readonly number[]) {
    const dims = tf.tensor1d([...shape], 'int32')
    const zero = tf.scalar(0)
    const { TF_ATTR_TYPE } = backend.binding
    const filled = nativeSingle.call(
      backend,
      'Fill',
      [
        { name: 'T', type: TF_ATTR_TYPE, value: 1 },
        { name: 'index_type', type: TF_ATTR_TYPE, value: 3 },
      ],
      [dims, zero],
    )
    tf.dispose([dims, zero])
    return filled
  }

  active = recorder
  try {
    return run()
  } finally {
    active = null
    for (const restore of undo.reverse()) restore()
  }
}

import { tf } from '../tensorflow.ts'
import { backend, tfjsEngine } from './backend.ts'
import { dataTypes } from './graph.ts'
import { bakedRandom, type Recorder } from './recorder.ts'
import { drawingFunction, refusal } from './refuse.ts'
import { standIn } from './stand-in.ts'

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
        const stands = count === 1 ? standIn(op, attributes, inputs) : null
        if (!stands) for (const { dataId } of inputs) fillIn(dataId)
        const outputs = stands
          ? [backend.createOutputTensor({ shape: [...stands.shape], dtype: stands.dtype, id: -1 })]
          : original.call(backend, op, attributes, inputs, count)
        recorder.record(op, attributes, inputs, outputs)
        return outputs
      },
  )
  hook(
    backend,
    'executeSingleOutput',
    () => (op, attributes, inputs) => backend.executeMultipleOutputs(op, attributes, inputs, 1)[0]!,
  )
  hook(
    backend,
    'getInputTensorIds',
    (original) =>
      function handles(inputs) {
        for (const { dataId } of inputs) {
          // An op that is computed has had its inputs filled in.
          const record = dataId && backend.tensorMap.get(dataId)
          if (record && record.id < 0 && !record.values) {
            throw refusal('a native call that is no op', 'it would not be replayed; do it outside')
          }
        }
        return original.call(backend, inputs)
      },
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

  /** Gives a tensor that only stands for one its memory, for an op that is computed: zeros. */
  function fillIn(dataId: object): void {
    const record = backend.tensorMap.get(dataId)
    if (record.id >= 0 || record.values) return
    const { binding } = backend
    const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value })
    const shape = Int32Array.from(record.shape)
    const dims = binding.createTensor([shape.length], dataTypes.int32, shape)
    const zero = binding.createTensor([], dataTypes.float32, new Float32Array(1))
    const types = [type('T', dataTypes.float32), type('index_type', dataTypes.int32)]
    const [zeros] = binding.executeOp('Fill', types, [dims, zero], 1)
    const casts = [type('SrcT', dataTypes.float32), type('DstT', record.dtype)]
    const [cast] = binding.executeOp('Cast', casts, [zeros!.id], 1)
    for (const id of [dims, zero, zeros!.id]) binding.deleteTensor(id)
    record.id = cast!.id
  }

  active = recorder
  try {
    return run()
  } finally {
    active = null
    for (const restore of undo.reverse()) restore()
  }
}

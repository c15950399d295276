import { AppError } from '../../../shared/errors.ts'
import { tf } from '../tensorflow.ts'
import { nativeCopy } from './backend.ts'
import type { Graph } from './graph.ts'
import { recording } from './hooks.ts'
import { Recorder } from './recorder.ts'
import { leavesOf, type TensorTree, withLeaves } from './tree.ts'

export interface Trace {
  readonly graph: Graph
  /** the result's names, with tensors that are gone */
  readonly result: TensorTree
}

/**
 * Runs a function once and writes down its ops. Each input gets a tensor of its own, so that two that are one
 * tensor stay two inputs; expensive ops are not computed, as nothing may look at the values.
 * @throws AppError `internal` naming the op and the calling line of what a graph would get wrong
 */
export function trace(run: (input: TensorTree) => TensorTree, input: TensorTree): Trace {
  const before = tf.memory().numTensors
  let traced: Trace | undefined
  tf.tidy(() => {
    const copies = leavesOf(input, 'input').map(nativeCopy)
    const recorder = new Recorder(copies)
    const result: unknown = recording(recorder, () => run(withLeaves(input, copies)))
    if (typeof (result as { then?: unknown } | null)?.then === 'function') {
      ;(result as Promise<unknown>).then(null, () => {})
      throw cannot('be async: what follows an await is not traced')
    }
    if (copies.some(({ isDisposed }) => isDisposed))
      throw cannot('dispose its inputs: that would not be replayed')
    const outputs = leavesOf(result as TensorTree, 'result')
    if (outputs.length === 0) throw cannot('return nothing: what it does besides would not be replayed')
    traced = { graph: recorder.graph(outputs), result: result as TensorTree }
  })
  const kept = tf.memory().numTensors - before
  if (kept > 0) throw cannot(`keep tensors (${kept} outlive it): that would not be replayed`)
  return traced!
}

function cannot(what: string): AppError {
  return new AppError('internal', `a compiled function must not ${what}`)
}

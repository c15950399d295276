import { AppError } from '../../../shared/errors.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { allOps, backend, canCompile, type OpAttribute, tfjsEngine } from './backend.ts'
import { configProto, functionDef } from './function-def.ts'
import { type Graph, withoutDead } from './graph.ts'
import { isTracing } from './hooks.ts'
import { useBfloat16 } from './passes/bfloat16.ts'
import { useBiasAdd, useBiasAddGrad } from './passes/bias-add.ts'
import { useLeakyReluGrad, useReluGrad } from './passes/relu-grad.ts'
import { trace } from './trace.ts'
import { leavesOf, signatureOf, type TensorTree, withLeaves } from './tree.ts'

/** How a function is run. `bfloat16` pays with AMX or AVX512_BF16, `xla` for small dense networks. */
export const computeModes = ['eager', 'float32', 'bfloat16', 'xla'] as const
export type ComputeMode = (typeof computeModes)[number]

export interface CompileOptions {
  /** `float32` by default */
  readonly mode?: ComputeMode
  /** traces kept, the one used longest ago makes room; 16 by default */
  readonly keptTraces?: number
}

export interface Compiled<In extends TensorTree, Out extends TensorTree> {
  (input: In): Out
  /** what it runs as: `eager` where the binding cannot compile */
  readonly mode: ComputeMode
  /** how many traces are kept */
  readonly traces: number
  /** Frees the traces; the function traces again when it is called again. */
  dispose(): void
}

interface Entry {
  readonly name: string
  readonly attributes: readonly OpAttribute[]
  readonly result: TensorTree
  readonly outputCount: number
}

let made = 0

/**
 * Makes a pure function of tensors into a TensorFlow graph that runs as one op, optimised by Grappler (as
 * tf.function does: Agrawal et al. 2019, arXiv 1903.01855). It is traced at the first call for each combination
 * of names, shapes and types. JavaScript in it runs at the trace only: numbers (a learning rate) are baked in,
 * side effects happen once. Results are the caller's, new tensors in every case.
 *
 * Called inside another compiled function it becomes part of that one.
 * @throws AppError `internal` when called under a gradient (compile the whole step), or when the function does
 *   what a graph would get wrong: reads data, draws random numbers, uses tensors that are no input, makes
 *   variables, is async; the message names the op and the line
 */
export function compile<In extends TensorTree, Out extends TensorTree>(
  run: (input: In) => Out,
  { mode = 'float32', keptTraces = 16 }: CompileOptions = {},
): Compiled<In, Out> {
  const entries = new Map<string, Entry>()
  const used: ComputeMode = canCompile ? mode : 'eager'

  function entryFor(input: In): Entry {
    const signature = signatureOf(input)
    const known = entries.get(signature)
    if (known) {
      // The last of a Map is the youngest: the oldest goes when room is needed.
      entries.delete(signature)
      entries.set(signature, known)
      return known
    }
    const entry = build(run as unknown as (input: TensorTree) => TensorTree, input, used)
    entries.set(signature, entry)
    for (const [oldest, { name }] of entries) {
      if (entries.size <= keptTraces) break
      entries.delete(oldest)
      backend.binding.removeFunction!(name)
    }
    return entry
  }

  function call(input: In): Out {
    if (isTracing()) return run(input)
    if (tfjsEngine.state.gradientDepth > 0) {
      throw new AppError(
        'internal',
        'gradients do not flow through a compiled function: compile the whole step instead',
      )
    }
    if (used === 'eager') return runEagerly(run, input)
    const leaves = leavesOf(input, 'input')
    const { name, attributes, result, outputCount } = entryFor(input)
    const outputs = backend.executeMultipleOutputs(name, attributes, leaves, outputCount)
    return withLeaves(result, outputs) as Out
  }

  return Object.defineProperties(call, {
    mode: { value: used },
    traces: { get: () => entries.size },
    dispose: {
      value: () => {
        for (const { name } of entries.values()) backend.binding.removeFunction!(name)
        entries.clear()
      },
    },
  }) as unknown as Compiled<In, Out>
}

function build(run: (input: TensorTree) => TensorTree, input: TensorTree, mode: ComputeMode): Entry {
  const { graph, result } = trace(run, input)
  const name = `compiled_${made++}`
  const xla = mode === 'xla'
  const definition = functionDef(optimised(graph, mode), { name, ops: allOps(), xla })
  backend.binding.addFunctionDef!(definition)
  const { TF_ATTR_STRING, TF_ATTR_BOOL } = backend.binding
  const attributes = [
    { name: 'config_proto', type: TF_ATTR_STRING, value: configProto() },
    ...(xla ? [{ name: '_XlaMustCompile', type: TF_ATTR_BOOL, value: true }] : []),
  ]
  return { name, attributes, result, outputCount: graph.outputs.length }
}

function optimised(traced: Graph, mode: ComputeMode): Graph {
  const graph = withoutDead(traced)
  useBiasAdd(graph.nodes)
  useReluGrad(graph.nodes)
  useLeakyReluGrad(graph.nodes)
  useBiasAddGrad(graph.nodes)
  const rewritten = withoutDead(graph)
  return mode === 'bfloat16' ? withoutDead(useBfloat16(rewritten)) : rewritten
}

/** As the compiled function would: results are new tensors, even where an input is passed on. */
function runEagerly<In extends TensorTree, Out extends TensorTree>(run: (input: In) => Out, input: In): Out {
  let result: TensorTree | undefined
  const leaves = tf.tidy((): Tensor[] => {
    result = run(input)
    const seen = new Set(leavesOf(input, 'input'))
    return leavesOf(result, 'result').map((leaf) => {
      const own = seen.has(leaf) ? leaf.clone() : leaf
      seen.add(leaf)
      return own
    })
  })
  return withLeaves(result!, leaves) as Out
}

/** TensorFlow's numbers of the data types that compiled functions hold (tensorflow/core/framework/types.proto). */
export const dataTypes = { float32: 1, int32: 3, bool: 10, bfloat16: 14 } as const

/** A tensor of the graph: an output of a node, or (node null) an input of the function. */
export interface Value {
  readonly node: GraphNode | null
  /** which output of the node, or which input of the function */
  readonly index: number
  readonly shape: readonly number[]
  /** one of `dataTypes`; the bfloat16 pass changes it */
  dtype: number
}

/** An op of the graph. Passes rewrite nodes in place. */
export interface GraphNode {
  op: string
  inputs: Value[]
  attributes: Map<string, Attribute>
  readonly outputs: Value[]
  /** stays in float32 whatever the mode */
  readonly exact?: boolean
  /** what a Const holds */
  readonly constant?: ArrayLike<number>
}

export type Attribute =
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'types'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: ConstantTensor }

export interface ConstantTensor {
  readonly dtype: number
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** A traced function: `nodes` in an order in which each stands after those it needs. */
export interface Graph {
  readonly inputs: readonly Value[]
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly Value[]
}

/** The graph without the nodes that no output needs. */
export function withoutDead({ inputs, nodes, outputs }: Graph): Graph {
  const needed = new Set<GraphNode>()
  const open = outputs.map(({ node }) => node)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node || needed.has(node)) continue
    needed.add(node)
    open.push(...node.inputs.map((value) => value.node))
  }
  return { inputs, nodes: nodes.filter((node) => needed.has(node)), outputs }
}

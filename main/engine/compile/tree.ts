import { AppError } from '../../../shared/errors.ts'
import { type Tensor, tf } from '../tensorflow.ts'

/** Tensors, arrays of them and records of them, nested at will: what compiled functions take and return. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [name: string]: TensorTree }

/** The tensors of a tree, depth first. @throws AppError `internal` naming the place of anything else */
export function leavesOf(tree: TensorTree, place: string): Tensor[] {
  const leaves: Tensor[] = []
  const visit = (part: TensorTree, at: string): void => {
    if (part instanceof tf.Tensor) {
      leaves.push(part)
    } else if (isBranch(part)) {
      for (const [key, child] of Object.entries(part)) visit(child, `${at}.${key}`)
    } else {
      throw new AppError(
        'internal',
        `${at} of a compiled function: expected a tensor, got ${typeof part} ${String(part)} (it would be baked in; ` +
          'pass a tensor)',
      )
    }
  }
  visit(tree, place)
  return leaves
}

/** The same tree with other tensors, given in the order of `leavesOf`. */
export function withLeaves(tree: TensorTree, leaves: readonly Tensor[]): TensorTree {
  let next = 0
  const build = (part: TensorTree): TensorTree => {
    if (part instanceof tf.Tensor) return leaves[next++]!
    if (Array.isArray(part)) return part.map(build)
    return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, build(child)]))
  }
  return build(tree)
}

/** Names, types and shapes: trees with one signature can share one trace. */
export function signatureOf(tree: TensorTree): string {
  if (tree instanceof tf.Tensor) return `${tree.dtype}[${tree.shape}]`
  const parts = Object.entries(tree).map(([key, child]) => `${key}:${signatureOf(child)}`)
  return Array.isArray(tree) ? `[${parts}]` : `{${parts}}`
}

function isBranch(part: unknown): part is readonly TensorTree[] | Record<string, TensorTree> {
  if (Array.isArray(part)) return true
  return typeof part === 'object' && part !== null && Object.getPrototypeOf(part) === Object.prototype
}

import { Random } from '../../../shared/random.ts'
import type { NeighbourGraph } from './graph.ts'

export interface LayoutOptions {
  readonly epochs: number
  /** how close points of one place may come, in units of the layout */
  readonly minDistance: number
  readonly seed: number
  readonly onEpoch?: ((epoch: number) => void) | undefined
}

const negativeSamples = 5
const largestMove = 4

/**
 * Lays a neighbourhood graph out in the plane: neighbours pull, random others push, the more often the heavier the edge
 * (McInnes et al., arXiv 1802.03426, algorithm 5).
 * @param start x, y of each point; changed
 */
export function layOut(
  graph: NeighbourGraph,
  start: Float32Array,
  { epochs, minDistance, seed, onEpoch }: LayoutOptions,
): Float32Array {
  const { a, b } = curve(minDistance)
  const xy = start
  const count = xy.length / 2
  const random = new Random([seed])
  const heaviest = graph.weights.reduce((most, weight) => Math.max(most, weight), 0)
  const every = graph.weights.map((weight) => heaviest / weight)
  const due = every.slice()
  const clamp = (move: number) => Math.min(largestMove, Math.max(-largestMove, move))
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs
    for (let e = 0; e < due.length; e++) {
      if (due[e]! > epoch + 1 || every[e]! > epochs) continue
      due[e]! += every[e]!
      for (const [i, j] of [
        [graph.a[e]!, graph.b[e]!],
        [graph.b[e]!, graph.a[e]!],
      ] as const) {
        const [dx, dy] = [xy[2 * i]! - xy[2 * j]!, xy[2 * i + 1]! - xy[2 * j + 1]!]
        const square = dx * dx + dy * dy
        if (square > 0) {
          const pull = (-2 * a * b * square ** (b - 1)) / (1 + a * square ** b)
          const [mx, my] = [rate * clamp(pull * dx), rate * clamp(pull * dy)]
          xy[2 * i]! += mx
          xy[2 * i + 1]! += my
          xy[2 * j]! -= mx
          xy[2 * j + 1]! -= my
        }
        for (let n = 0; n < negativeSamples; n++) {
          const other = random.integer(count)
          if (other === i) continue
          const [ox, oy] = [xy[2 * i]! - xy[2 * other]!, xy[2 * i + 1]! - xy[2 * other + 1]!]
          const away = ox * ox + oy * oy
          const push = (2 * b) / ((0.001 + away) * (1 + a * away ** b))
          xy[2 * i]! += rate * clamp(away > 0 ? push * ox : largestMove)
          xy[2 * i + 1]! += rate * clamp(away > 0 ? push * oy : largestMove)
        }
      }
    }
    onEpoch?.(epoch + 1)
  }
  return xy
}

/** a and b of 1 / (1 + a d^2b) that come nearest to exp(-(d - minDistance)), 1 below it, over 0 to 3. */
export function curve(minDistance: number): { a: number; b: number } {
  const samples = Array.from({ length: 100 }, (_, i) => (3 * (i + 1)) / 100)
  const wanted = samples.map((d) => (d < minDistance ? 1 : Math.exp(-(d - minDistance))))
  const error = ([a, b]: readonly [number, number]) =>
    samples.reduce((sum, d, i) => sum + (1 / (1 + a * d ** (2 * b)) - wanted[i]!) ** 2, 0)
  let best: readonly [number, number] = [1.5, 0.9]
  for (let step = 0.4; step > 1e-5; ) {
    const [a, b] = best
    const around: (readonly [number, number])[] = [
      [a + step, b],
      [Math.max(a - step, 1e-3), b],
      [a, b + step / 2],
      [a, Math.max(b - step / 2, 1e-3)],
    ]
    const better = around.find((each) => error(each) < error(best))
    if (better) best = better
    else step /= 2
  }
  return { a: best[0], b: best[1] }
}

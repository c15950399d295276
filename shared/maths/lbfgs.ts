/** Value of a function at x; writes its gradient. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number

const remembered = 10

/**
 * Minimises a smooth function from a start: limited-memory BFGS with a backtracking line search (Nocedal and Wright,
 * Numerical Optimization, algorithm 7.5), until no part of the gradient is above `tolerance` or progress ends.
 */
export function lbfgs(
  start: Float64Array,
  f: Differentiable,
  { maxRounds, tolerance }: { maxRounds: number; tolerance: number },
): Float64Array {
  let x = start.slice()
  let gradient = new Float64Array(x.length)
  let value = f(x, gradient)
  const history: { s: Float64Array; y: Float64Array; rho: number }[] = []
  for (let round = 0; round < maxRounds; round++) {
    if (gradient.every((part) => Math.abs(part) <= tolerance)) break
    const direction = descent(gradient, history)
    const slope = dot(direction, gradient)
    if (!(slope < 0)) break
    let step = history.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const nextGradient = new Float64Array(x.length)
    let [next, nextValue] = [x, Infinity]
    for (let tries = 0; tries < 30; tries++, step /= 2) {
      next = x.map((part, i) => part + step * direction[i]!)
      nextValue = f(next, nextGradient)
      if (nextValue <= value + 1e-4 * step * slope) break
    }
    if (!(nextValue < value)) break
    const s = next.map((part, i) => part - x[i]!)
    const y = nextGradient.map((part, i) => part - gradient[i]!)
    const curvature = dot(s, y)
    if (curvature > 1e-12) history.push({ s, y, rho: 1 / curvature })
    if (history.length > remembered) history.shift()
    const gained = value - nextValue
    ;[x, gradient, value] = [next, nextGradient, nextValue]
    if (gained <= 1e-12 * Math.max(1, Math.abs(value))) break
  }
  return x
}

/** The two-loop recursion. */
function descent(
  gradient: Float64Array,
  history: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.slice()
  const alphas = new Float64Array(history.length)
  for (let k = history.length - 1; k >= 0; k--) {
    const { s, y, rho } = history[k]!
    alphas[k] = rho * dot(s, q)
    for (let i = 0; i < q.length; i++) q[i]! -= alphas[k]! * y[i]!
  }
  const last = history.at(-1)
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1
  for (let i = 0; i < q.length; i++) q[i]! *= scale
  for (const [k, { s, y, rho }] of history.entries()) {
    const beta = rho * dot(y, q)
    for (let i = 0; i < q.length; i++) q[i]! += s[i]! * (alphas[k]! - beta)
  }
  return q.map((part) => -part)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

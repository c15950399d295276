/** A curve through points: cubic between neighbours, never beyond them. */
export interface MonotoneCurve {
  /** Its value; `x` inside the points' range. */
  at(x: number): number
  /** The integral from `from` to `to`, both inside the points' range. */
  integral(from: number, to: number): number
}

/**
 * Piecewise cubic Hermite interpolation that keeps monotone data monotone: slopes after Fritsch and Butland (1984),
 * ends by the three-point formula, as SciPy's `PchipInterpolator`. A line for two points.
 * @param xs strictly rising, at least two
 * @param ys as many
 */
export function pchip(xs: readonly number[], ys: readonly number[]): MonotoneCurve {
  const slopes = slopesOf(xs, ys)
  /** Coefficients of ((a t + b) t + c) t + d on piece k, t in x from its left end. */
  const pieces = xs.slice(0, -1).map((x, k) => {
    const h = xs[k + 1] - x
    const secant = (ys[k + 1] - ys[k]) / h
    const a = (slopes[k] + slopes[k + 1] - 2 * secant) / (h * h)
    const b = (3 * secant - 2 * slopes[k] - slopes[k + 1]) / h
    return { a, b, c: slopes[k], d: ys[k] }
  })
  const pieceOf = (x: number) => {
    let k = 0
    while (k < pieces.length - 1 && x > xs[k + 1]) k++
    return k
  }
  const primitive = (k: number, x: number) => {
    const { a, b, c, d } = pieces[k]
    const t = x - xs[k]
    return (((a / 4) * t + b / 3) * t + c / 2) * t * t + d * t
  }
  return {
    at(x) {
      const k = pieceOf(x)
      const { a, b, c, d } = pieces[k]
      const t = x - xs[k]
      return ((a * t + b) * t + c) * t + d
    },
    integral(from, to) {
      let sum = 0
      for (let k = pieceOf(from); k <= pieceOf(to); k++) {
        sum += primitive(k, Math.min(to, xs[k + 1])) - primitive(k, Math.max(from, xs[k]))
      }
      return sum
    },
  }
}

function slopesOf(xs: readonly number[], ys: readonly number[]): number[] {
  const widths = xs.slice(0, -1).map((x, k) => xs[k + 1] - x)
  const secants = widths.map((width, k) => (ys[k + 1] - ys[k]) / width)
  if (secants.length === 1) return [secants[0], secants[0]]
  const inner = secants.slice(0, -1).map((left, k) => {
    const right = secants[k + 1]
    if (left * right <= 0) return 0
    const [w1, w2] = [2 * widths[k + 1] + widths[k], widths[k + 1] + 2 * widths[k]]
    return (w1 + w2) / (w1 / left + w2 / right)
  })
  const last = secants.length - 1
  return [
    endSlope(widths[0], widths[1], secants[0], secants[1]),
    ...inner,
    endSlope(widths[last], widths[last - 1], secants[last], secants[last - 1]),
  ]
}

/** Of a parabola through the last three points, held back where it would overshoot. */
function endSlope(width: number, nextWidth: number, secant: number, nextSecant: number): number {
  const slope = ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth)
  if (slope * secant <= 0) return 0
  if (secant * nextSecant <= 0 && Math.abs(slope) > 3 * Math.abs(secant)) return 3 * secant
  return slope
}

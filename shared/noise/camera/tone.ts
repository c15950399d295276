/** An S-shaped curve from 0 to 1: the straight line and 3x^2 - 2x^3, mixed. */
export function toneCurve(x: number, share: number): number {
  return x + share * (x * x * (3 - 2 * x) - x)
}

const steps = 1024

/** Its inverse for values in [0, 1], within 1e-5, as a function that reads a table. */
export function fromTone(share: number): (value: number) => number {
  // Up to the middle; beyond it the curve is the same, turned. By the root of the value: its start is steep.
  const inverse = new Float64Array(steps + 1)
  for (let i = 0, low = 0; i <= steps; i++) {
    const wanted = (i / steps) ** 2 / 2
    let high = 0.5
    for (let turn = 0; turn < 40; turn++) {
      const middle = (low + high) / 2
      if (toneCurve(middle, share) < wanted) low = middle
      else high = middle
    }
    inverse[i] = (low + high) / 2
  }
  const below = (value: number) => {
    const position = Math.sqrt(2 * Math.max(0, value)) * steps
    const index = Math.min(Math.floor(position), steps - 1)
    return inverse[index] + (position - index) * (inverse[index + 1] - inverse[index])
  }
  return (value) => (value <= 0.5 ? below(value) : 1 - below(1 - value))
}

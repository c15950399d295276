/** Codes along the straight line from a to b, both ends included. */
export function linearPath(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  return fractions(steps).map((t) => a.map((value, i) => value + t * (b[i]! - value)))
}

/**
 * Codes along the great circle from a to b, their lengths going from the one's to the other's (Shoemake, SIGGRAPH 1985):
 * a straight line between codes of a normal prior passes where hardly any code lies. Nearly parallel codes are joined by a
 * straight line.
 */
export function sphericalPath(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  const [lengthA, lengthB] = [norm(a), norm(b)]
  let cosine = 0
  for (let i = 0; i < a.length; i++) cosine += (a[i]! / (lengthA || 1)) * (b[i]! / (lengthB || 1))
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)))
  if (Math.sin(angle) < 1e-4) return linearPath(a, b, steps)
  return fractions(steps).map((t) => {
    const [fromA, fromB] = [
      Math.sin((1 - t) * angle) / Math.sin(angle),
      Math.sin(t * angle) / Math.sin(angle),
    ]
    const length = lengthA + t * (lengthB - lengthA)
    return a.map((value, i) => length * ((fromA * value) / lengthA + (fromB * b[i]!) / lengthB))
  })
}

/** Codes along a direction through a point, at `reach` deviations to both sides. */
export function traversal(
  centre: ArrayLike<number>,
  direction: ArrayLike<number>,
  deviation: number,
  steps: number,
  reach = 2.5,
): Float32Array[] {
  return fractions(steps).map((t) => {
    const amount = (2 * t - 1) * reach * deviation
    return Float32Array.from({ length: centre.length }, (_, i) => centre[i]! + amount * direction[i]!)
  })
}

function fractions(steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? 0 : i / (steps - 1)))
}

function norm(a: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value) => sum + value * value, 0))
}

import type { Random } from '../../random.ts'

/** A unit vector of any direction, without sine and cosine, which differ by engine. */
export function randomDirection(random: Random): [x: number, y: number] {
  for (;;) {
    const [x, y] = [random.between(-1, 1), random.between(-1, 1)]
    const square = x * x + y * y
    if (square > 0.01 && square <= 1) return [x / Math.sqrt(square), y / Math.sqrt(square)]
  }
}

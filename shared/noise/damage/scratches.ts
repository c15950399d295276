import { defineDamage, pixelsOf } from './define-damage.ts'
import { randomDirection } from './direction.ts'

/** Lines from edge to edge or ending within, each with a slight bend; about half of them rather upright, as on film. */
export const scratches = defineDamage({
  id: 'scratches',
  title: 'Scratches',
  description: 'Thin bent lines that are lost, as on film and old prints.',
  parameters: [
    {
      kind: 'number',
      name: 'perMegapixel',
      title: 'How many',
      unit: 'per megapixel',
      min: 0,
      max: 2000,
      step: 1,
      default: 60,
    },
    pixelsOf('thickness', 'Thickness', 1, 40, 3),
  ],
  missing({ width, height }, { perMegapixel, thickness }, random) {
    const lost = new Uint8Array(width * height)
    const exact = (perMegapixel * width * height) / 1e6
    const count = Math.floor(exact) + (random.uniform() < exact % 1 ? 1 : 0)
    for (let k = 0; k < count; k++) {
      const isUpright = random.uniform() < 0.5
      let [cosine, sine] = randomDirection(random)
      // Four times as steep: within 14 degrees of upright, mostly.
      if (isUpright) [cosine, sine] = unit(cosine / 4, sine)
      const bend = random.between(-0.004, 0.004)
      const length = random.between(0.15, 0.9) * Math.max(width, height)
      const radius = (thickness * random.between(0.6, 1.2)) / 2
      let [x, y] = [random.between(0, width), random.between(0, height)]
      for (let gone = 0; gone < length; gone += 0.5) {
        dot(lost, width, height, x, y, radius)
        x += 0.5 * cosine
        y += 0.5 * sine
        ;[cosine, sine] = unit(cosine - 0.5 * bend * sine, sine + 0.5 * bend * cosine)
      }
    }
    return lost
  },
})

function unit(x: number, y: number): [x: number, y: number] {
  const length = Math.sqrt(x * x + y * y)
  return [x / length, y / length]
}

function dot(lost: Uint8Array, width: number, height: number, x: number, y: number, radius: number): void {
  const reach = Math.max(0.5, radius)
  for (let row = Math.ceil(y - reach); row <= Math.floor(y + reach); row++) {
    for (let column = Math.ceil(x - reach); column <= Math.floor(x + reach); column++) {
      if (row < 0 || column < 0 || row >= height || column >= width) continue
      if ((row - y) ** 2 + (column - x) ** 2 <= reach * reach) lost[row * width + column] = 1
    }
  }
}

import { defineDamage, percentOf, pixelsOf } from './define-damage.ts'
import { randomDirection } from './direction.ts'

/** Ellipses, each of its own shape, thrown until about the share asked for is lost; they may overlap. */
export const holes = defineDamage({
  id: 'holes',
  title: 'Holes',
  description: 'Regions that are lost: stains, stickers, torn paper.',
  parameters: [percentOf('coverage', 'Lost', '% of the picture', 10), pixelsOf('size', 'Across', 2, 400, 32)],
  missing({ width, height }, { coverage, size }, random) {
    const lost = new Uint8Array(width * height)
    const wanted = (coverage / 100) * lost.length
    let count = 0
    // Throws that only hit what is lost already must not go on for ever.
    for (let tries = 0; count < wanted && tries < 100_000; tries++) {
      const [a, b] = [random.between(0.25, 0.75) * size, random.between(0.25, 0.75) * size]
      const [cosine, sine] = randomDirection(random)
      const [x0, y0] = [random.between(0, width), random.between(0, height)]
      const reach = Math.ceil(Math.max(a, b))
      const [left, right] = [Math.max(0, Math.floor(x0) - reach), Math.min(width - 1, Math.ceil(x0) + reach)]
      for (
        let y = Math.max(0, Math.floor(y0) - reach);
        y <= Math.min(height - 1, Math.ceil(y0) + reach);
        y++
      ) {
        for (let x = left; x <= right; x++) {
          const [dx, dy] = [x - x0, y - y0]
          const along = (cosine * dx + sine * dy) / a
          const across = (cosine * dy - sine * dx) / b
          if (along * along + across * across > 1 || lost[y * width + x]) continue
          lost[y * width + x] = 1
          count++
        }
      }
    }
    return lost
  },
})

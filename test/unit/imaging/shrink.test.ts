import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Shrinker } from '../../../main/imaging/shrink.ts'

/** The mean over the area of each small pixel, computed another way: from every pixel repeated often enough. */
function byRepeating(data: Float32Array, width: number, height: number, small: [number, number]): number[] {
  const [w, h] = small
  return Array.from({ length: w * h }, (_, i) => {
    let sum = 0
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // small pixel i covers these repeats of the large picture's lines
        sum +=
          data[
            Math.floor((Math.floor(i / w) * height + y) / h) * width + Math.floor(((i % w) * width + x) / w)
          ]!
      }
    }
    return sum / (width * height)
  })
}

test('each small pixel is the mean of what it covers, in whichever parts the picture comes', () => {
  const side = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(side, side, side, side, side, (width, height, w, h, cut) => {
      const small: [number, number] = [Math.min(w, width), Math.min(h, height)]
      const data = Float32Array.from({ length: width * height }, (_, i) => (i * 37) % 11)
      const region = { x: 100, y: 50, width, height }
      const shrinker = new Shrinker(region, { width: small[0], height: small[1] }, 1)
      const first = Math.min(cut, height)
      shrinker.add({ ...region, height: first }, { width, data }, { x: 0, y: 0 })
      if (first < height) {
        const rest = { ...region, y: region.y + first, height: height - first }
        shrinker.add(rest, { width, data }, { x: 0, y: first })
      }
      const expected = byRepeating(data, width, height, small)
      const { data: means } = shrinker.result()
      for (const [i, mean] of means.entries()) expect(mean).toBeCloseTo(expected[i]!, 4)
    }),
    { numRuns: 200 },
  )
})

import type { Histogram } from '../contract/denoise.ts'
import type { FloatImage } from '../image.ts'
import { checkSameShape } from './same-shape.ts'

const binsEachSide = 64

/**
 * How the values of `after` differ from those of `before`, in levels of 255, channel by channel. The bins reach as far
 * as nearly all differences do; what lies beyond counts in the outermost ones.
 * @throws AppError bad-input where shapes differ
 */
export function residualHistogram(before: FloatImage, after: FloatImage): Histogram {
  checkSameShape('a residual', before, after)
  const { channels, data } = before
  let [sum, squares] = [0, 0]
  for (let i = 0; i < data.length; i++) {
    const difference = 255 * (after.data[i] - data[i])
    sum += difference
    squares += difference * difference
  }
  const mean = sum / data.length
  const deviation = Math.sqrt(Math.max(0, squares / data.length - mean * mean))
  // Whole levels each, so that no bin of an 8-bit picture stays empty between two full ones.
  const width = Math.max(1, Math.ceil((4 * deviation) / binsEachSide))
  const from = -(binsEachSide + 0.5) * width
  const bins = 2 * binsEachSide + 1
  const counts = Array.from({ length: channels }, () => new Array<number>(bins).fill(0))
  for (let i = 0; i < data.length; i++) {
    const bin = Math.floor((255 * (after.data[i] - data[i]) - from) / width)
    counts[i % channels]![Math.min(bins - 1, Math.max(0, bin))]!++
  }
  const names = channels === 1 ? (['grey'] as const) : (['red', 'green', 'blue'] as const)
  return {
    ...{ from, width, mean, deviation },
    channels: names.map((name, channel) => ({ name, counts: counts[channel]! })),
  }
}

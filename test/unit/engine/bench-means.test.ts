import { expect, test } from 'vitest'
import { geometricMeans, type Measured } from '../../bench/engine/means.ts'

const times = (wall: number) => ({ wall, processor: 2 * wall })
const network = (ways: Record<string, number>): Measured => ({
  mean: 'inference',
  best: new Map(Object.entries(ways).map(([way, wall]) => [way, times(wall)])),
})

test('geometric means of what all networks measured; a way that one lacks is left out', () => {
  const measured = [network({ eager: 8, float32: 4, bfloat16: 1 }), network({ eager: 8, float32: 1 })]
  expect(geometricMeans(measured)).toEqual([['inference', 'float32 against eager', '2', '4.00', '4.00']])
})

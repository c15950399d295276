import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ActivationRanges } from '../../../../main/models/codec/calibrate.ts'
import { codecOptions } from '../../../../main/models/codec/options.ts'
import { dequantise, quantise } from '../../../../main/models/codec/quantise.ts'
import { readSafetensors } from '../../../../main/models/safetensors.ts'

const options = codecOptions.parse({})

test('weights into sums come back to within 10 %, however large beside the sums', async () => {
  const path = join(import.meta.dirname, '../../../golden/codec/weights.safetensors')
  const { tensors } = await readSafetensors(path)
  const some = (count: number, value: number) => new Float32Array(count).fill(value)
  const ranges: ActivationRanges = {
    ...{ z: some(options.hyper, 8), middle: some(options.hyper, 8), seen: some(options.latents, 12) },
    sums: options.groups.map(() => some(options.context, 0.5)),
    mixed: options.groups.map(() => some(options.context, 8)),
  }
  const back = dequantise(quantise(tensors, ranges, options), options)
  for (const k of options.groups.keys()) {
    if (k === 0) continue
    const name = `from_groups.${k}.weight`
    const [before, after] = [tensors[name]!.data, back[name]!.data]
    const count = before.length / options.context
    for (let o = 0; o < options.context; o++) {
      const row = Array.from({ length: count }, (_, i) => o * count + i)
      const length = (values: readonly number[]) => Math.hypot(...values)
      const error = length(row.map((i) => after[i]! - before[i]!))
      expect(error / length(row.map((i) => before[i]!)), `${name}, output ${o}`).toBeLessThan(0.1)
    }
  }
})

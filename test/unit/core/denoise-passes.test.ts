import { expect, test } from 'vitest'
import { type DenoiseRequest, denoiseInPasses } from '../../../main/core/denoise-passes.ts'
import type { EngineTasks } from '../../../main/core/engine-tasks.ts'
import type { Engine } from '../../../main/engine/host.ts'
import { passCounts } from '../../../shared/contract/denoise.ts'
import { Random } from '../../../shared/random.ts'

const [width, height] = [7, 5]
const model = { folder: '', sha256: '' }
const noisy = new Random(1).fillNormal(new Float32Array(width * height * 3))
const sigma = new Random(2).fillNormal(new Float32Array(width * height))

/** An engine whose network is `work`, and what it was asked. */
function engineOf(work: (request: DenoiseRequest) => Float32Array) {
  const requests: DenoiseRequest[] = []
  const call = async (_task: string, request: DenoiseRequest) => {
    requests.push(request)
    return work(request)
  }
  return { engine: { call } as unknown as Engine<EngineTasks>, requests }
}

test.each(passCounts)(
  '%i passes turn the picture and its map together, and turn back what comes',
  async (passes) => {
    // what stays where it is, whatever way the picture is turned
    const { engine, requests } = engineOf((request) =>
      request.noisy.map((value, i) => value * 2 + (request.sigma as Float32Array)[Math.floor(i / 3)]!),
    )
    const result = await denoiseInPasses(engine, { model, width, height, noisy, sigma }, passes)
    for (const [i, value] of noisy.entries()) {
      expect(result[i]).toBeCloseTo(value * 2 + sigma[Math.floor(i / 3)]!, 5)
    }
    const pictures = new Set(requests.map((request) => `${request.width} ${request.noisy.join(' ')}`))
    expect(pictures.size).toBe(passes)
    expect(requests.map((request) => request.width)).toEqual(
      Array.from({ length: passes }, (_, k) => (k < 4 ? width : height)),
    )
  },
)

test('what a network does to one side alone is evened out', async () => {
  const { engine } = engineOf(({ width: columns, noisy: values }) =>
    values.map((_, i) => Math.floor(i / 3) % columns),
  )
  const request = { model, width, height, noisy, sigma: 0.1 }
  const one = await denoiseInPasses(engine, request, 1)
  expect([one[0], one[3 * (width - 1)]]).toEqual([0, width - 1])
  const two = await denoiseInPasses(engine, request, 2)
  expect(new Set(two)).toEqual(new Set([(width - 1) / 2]))
})

import { loadavg } from 'node:os'
import { table } from '../../../main/cli/output.ts'
import { canCompile } from '../../../main/engine/compile/backend.ts'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import { computeEnvironment, kernelThreads, mayHaveBfloat16 } from '../../../main/engine/environment.ts'
import { clocks } from '../../../main/engine/measure-modes.ts'
import { codecWorkloads } from './codec.ts'
import { geometricMeans, type Measured, type Times } from './means.ts'
import { photoWorkloads } from './photo.ts'
import { TorchBench } from './torch.ts'
import { type EngineWorkload, engineWorkloads, type Prepared } from './workloads.ts'

// npm run bench:engine [-- conv-inference conv-training ... codec-synthesis]: all of them, or those named. Every way of
// computing runs in turn, round after round; what is printed is the best of the rounds and its ratio to eager, in time
// that passed and in processor time of all threads, which other work on the machine changes less.
const rounds = 5
const roundsMs = 60_000

const compiledModes: ComputeMode[] = ['float32', ...(mayHaveBfloat16() ? (['bfloat16'] as const) : []), 'xla']
const modes: ComputeMode[] = ['eager', ...(canCompile ? compiledModes : [])]
const asked = process.argv.slice(2)
const all = [...engineWorkloads, ...(await photoWorkloads()), ...(await codecWorkloads())]
for (const name of asked) {
  if (!all.some((workload) => workload.name === name))
    throw new Error(`no workload '${name}'; there are: ${all.map((workload) => workload.name).join(', ')}`)
}
const torch = await TorchBench.start(kernelThreads())
console.log(JSON.stringify(computeEnvironment()))
console.log(torch ? `PyTorch ${torch.version}` : 'PyTorch: python3 cannot import torch')
if (!mayHaveBfloat16())
  console.log('bfloat16 is left out, as it would be emulated: neither AMX nor AVX512_BF16')

const measured: Measured[] = []
for (const workload of all) {
  if (asked.length > 0 && !asked.includes(workload.name)) continue
  console.log(`\n${workload.title}`)
  console.log(
    table(
      ['computed', 'best', 'GFLOP/s', 'times eager', 'processor', 'times eager'],
      await measure(workload),
    ),
  )
}
torch?.close()
const means = geometricMeans(measured)
if (means.length > 0) {
  console.log('\nTimes as fast, geometric means over the convolutional networks')
  console.log(table(['', 'computed', 'networks', 'times', 'in processor time'], means))
}
console.log(`\nprocesses that wanted to run meanwhile: ${loadavg()[0]!.toFixed(1)}`)

async function measure(workload: EngineWorkload): Promise<string[][]> {
  const { flop, mean, long, prepare } = workload
  const best = new Map<string, Times>()
  const note = (way: string, { wall, processor }: Times) => {
    const known = best.get(way) ?? { wall: Infinity, processor: Infinity }
    best.set(way, { wall: Math.min(known.wall, wall), processor: Math.min(known.processor, processor) })
  }
  const running = new Map<ComputeMode, Prepared>()
  const failed = new Map<string, string>()
  for (const mode of modes) {
    // XLA compiles each of a photo's tile shapes for seconds and is slower.
    if (long && mode === 'xla') continue
    try {
      const ready = prepare(mode)
      if (ready.warmUp) ready.warmUp()
      else ready.run()
      running.set(mode, ready)
    } catch (error) {
      failed.set(mode, (error as Error).message.split('\n')[0] ?? '')
    }
  }
  const until = performance.now() + roundsMs
  for (let round = 0; round < rounds && performance.now() < until; round++) {
    for (const [mode, { run }] of running) {
      const [wall, processor] = [clocks.wall(), clocks.processor()]
      run()
      note(mode, { wall: clocks.wall() - wall, processor: clocks.processor() - processor })
    }
    for (const precision of ['float32', 'bfloat16'] as const) {
      const times = await torch?.times(workload, precision)
      if (times) note(`PyTorch ${precision}`, times)
    }
  }
  for (const { dispose } of running.values()) dispose()
  measured.push({ mean, best })
  const eager = best.get('eager')
  const ms = (time: number) => `${time.toFixed(time < 10 ? 2 : 1)} ms`
  return [
    ...[...best].map(([way, { wall, processor }]) => [
      ...[way, ms(wall), flop > 0 ? (flop / wall / 1e6).toFixed(0) : '', ratio(eager?.wall, wall)],
      ...[ms(processor), ratio(eager?.processor, processor)],
    ]),
    ...[...failed].map(([way, why]) => [way, 'failed', '', why]),
  ]
}

function ratio(slow = Number.NaN, fast: number): string {
  return (slow / fast).toFixed(2)
}

import { table } from '../../../main/cli/output.ts'
import { canCompile } from '../../../main/engine/compile/backend.ts'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import { computeEnvironment, kernelThreads, mayHaveBfloat16 } from '../../../main/engine/environment.ts'
import { geometricMeans, type Measured } from './means.ts'
import { photoWorkload } from './photo.ts'
import { TorchBench } from './torch.ts'
import { type EngineWorkload, engineWorkloads } from './workloads.ts'

// npm run bench:engine [-- conv-inference conv-training ... photo]: all of them, or those named. Every way of
// computing runs in turn, round after round; what is printed is the best of the rounds, and its ratio to eager.
const rounds = 5
const roundsMs = 60_000

const modes: ComputeMode[] = canCompile ? ['eager', 'float32', 'bfloat16', 'xla'] : ['eager']
const asked = process.argv.slice(2)
const all = [...engineWorkloads, await photoWorkload()]
for (const name of asked) {
  if (!all.some((workload) => workload.name === name))
    throw new Error(`no workload '${name}'; there are: ${all.map((workload) => workload.name).join(', ')}`)
}
const torch = await TorchBench.start(kernelThreads())
console.log(JSON.stringify(computeEnvironment()))
console.log(torch ? `PyTorch ${torch.version}` : 'PyTorch: python3 cannot import torch')
if (!mayHaveBfloat16())
  console.log('bfloat16 is emulated here: this processor has neither AMX nor AVX512_BF16')

const rows: string[][] = []
const measured: Measured[] = []
for (const workload of all) {
  if (asked.length > 0 && !asked.includes(workload.name)) continue
  rows.push(...(await measure(workload)))
}
torch?.close()
console.log(table(['workload', 'computed', 'best', 'GFLOP/s', 'times eager'], rows))
const means = geometricMeans(measured)
if (means.length > 0) {
  console.log('\nTimes as fast, geometric means over the convolutional networks')
  console.log(table(['', 'computed', 'networks', 'times'], means))
}

async function measure(workload: EngineWorkload): Promise<string[][]> {
  const { name, title, flop, mean, prepare } = workload
  const best = new Map<string, number>()
  const note = (way: string, time: number) => best.set(way, Math.min(best.get(way) ?? Infinity, time))
  const running = new Map<ComputeMode, ReturnType<EngineWorkload['prepare']>>()
  const failed = new Map<string, string>()
  for (const mode of modes) {
    // A photo takes long; XLA compiles each of its tile shapes for seconds and is slower.
    if (name === 'photo' && (mode === 'xla' || (mode === 'bfloat16' && !mayHaveBfloat16()))) continue
    try {
      const ready = prepare(mode)
      ready.run()
      running.set(mode, ready)
    } catch (error) {
      failed.set(mode, (error as Error).message.split('\n')[0] ?? '')
    }
  }
  const until = performance.now() + roundsMs
  for (let round = 0; round < rounds && performance.now() < until; round++) {
    for (const [mode, { run }] of running) {
      const started = performance.now()
      run()
      note(mode, performance.now() - started)
    }
    for (const precision of ['float32', 'bfloat16'] as const) {
      const time = await torch?.milliseconds(workload, precision)
      if (time) note(`PyTorch ${precision}`, time)
    }
  }
  for (const { dispose } of running.values()) dispose()
  measured.push({ mean, best })
  const eager = best.get('eager') ?? Number.NaN
  return [
    ...[...best].map(([way, time]) => [
      ...[title, way, `${time.toFixed(time < 10 ? 2 : 1)} ms`],
      ...[flop > 0 ? (flop / time / 1e6).toFixed(0) : '', (eager / time).toFixed(2)],
    ]),
    ...[...failed].map(([way, why]) => [title, way, 'failed', '', why]),
  ]
}

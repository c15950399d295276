import type { Command } from 'commander'
import { byteSize } from '../../../shared/byte-size.ts'
import { examine } from '../../core/doctor.ts'
import type { EngineFacts } from '../../engine/facts.ts'
import { type GlobalOptions, withCore } from '../context.ts'

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this installation consists of, what it computes with, and how fast')
    .addHelpText('after', '\nExamples:\n  hourglass doctor\n  hourglass doctor --json --device cpu')
    .action((_, self: Command) => doctor(self.optsWithGlobals<GlobalOptions>()))
}

async function doctor(options: GlobalOptions): Promise<void> {
  await withCore(options, async ({ core, out, signal }) => {
    const report = await examine(core, signal)
    const { engine, speed, catalog, images } = report
    const { reads, writes, sharp, libvips, librawWasm, libheifJs } = images
    out.result(report)
    const lines: [string, string][] = [
      ['Node', report.node],
      [
        'TensorFlow',
        `${engine.versions.tensorflow} (${engine.versions.build} build), tfjs ${engine.versions.tfjs}`,
      ],
      ['Device', `${engine.device === 'cuda' ? 'CUDA' : 'CPU'}: ${engine.why}`],
      ['Processor', `${engine.processor}, ${engine.threads} threads`],
      [
        'Speed',
        `${speed.gflopPerSecond.toFixed(0)} GFLOP/s (3x3 convolution), ${speed.gigabytesPerSecond.toFixed(1)} GB/s (copy)`,
      ],
      ['Compiled', `${engine.compiled.available ? 'yes' : 'no'}: ${engine.compiled.why}`],
      ...engine.compiled.choices.map((choice): [string, string] => ['', choiceLine(choice)]),
      ['Reads', `${reads.join(', ')} (libraw-wasm ${librawWasm}, libheif-js ${libheifJs})`],
      ['Writes', `${writes.join(', ')} (sharp ${sharp}, libvips ${libvips})`],
      [
        'Catalog',
        `${catalog.file}, ${byteSize(catalog.bytes)}, SQLite ${catalog.sqliteVersion}, ${catalog.problems.length === 0 ? 'sound' : catalog.problems.join('; ')}`,
      ],
      ['Memory', `${byteSize(report.freeMemoryBytes)} free of ${byteSize(report.totalMemoryBytes)}`],
      ['Disk', `${byteSize(report.freeDiskBytes)} free at ${core.folder}`],
      ['Cache', report.folders.cache],
    ]
    for (const [name, text] of lines) out.text(`${name.padEnd(11)} ${text}`)
    if (catalog.problems.length > 0) process.exitCode = 3
  })
}

/** `denoiser, inference: float32, 12.3 ms (eager 20.1 ms: 1.6 times)` */
function choiceLine({ label, mode, milliseconds }: EngineFacts['compiled']['choices'][number]): string {
  const took = (time = Number.NaN) => `${time.toFixed(time < 10 ? 2 : 1)} ms`
  const others = Object.entries(milliseconds).filter(([other]) => other !== mode)
  const own = milliseconds[mode] ?? Number.NaN
  const compared = others.map(([other, time]) => `${other} ${took(time)}, ${(time / own).toFixed(1)} times`)
  return `${label}: ${mode}, ${took(own)} (${compared.join('; ')})`
}

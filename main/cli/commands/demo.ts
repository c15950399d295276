import { resolve } from 'node:path'
import type { Command } from 'commander'
import { byteSize } from '../../../shared/byte-size.ts'
import { type DemoRow, runDemo } from '../../core/demo.ts'
import { type CodecDemoRow, demoQuality, runCodecDemo } from '../../core/demo-codec.ts'
import { type GlobalOptions, withCore } from '../context.ts'
import { table } from '../output.ts'

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('the bundled sample photos: noise in, noise out, and compressed, side by side')
    .option('-o, --output <folder>', 'where the pictures go', 'hourglass-demo')
    .addHelpText('after', '\nExample:\n  hourglass demo --output ~/Desktop/hourglass')
    .action((_, self: Command) => demo(self.optsWithGlobals<GlobalOptions & { output: string }>()))
}

async function demo(options: GlobalOptions & { output: string }): Promise<void> {
  await withCore(options, async ({ core, out, signal }) => {
    const output = resolve(options.output)
    const { device, why, processor } = await core.inference.call('facts', null, { signal })
    const rows: DemoRow[] = []
    for await (const row of runDemo(core, output, signal)) {
      rows.push(row)
      out.status(`${rows.length} of 4  ${row.name}`)
    }
    const compressed: CodecDemoRow[] = []
    for await (const row of runCodecDemo(core, output, signal)) {
      compressed.push(row)
      out.status(`${compressed.length} of 4 compressed  ${row.name}`)
    }
    out.done()
    out.result({ device, why, processor, output, rows, compressed })
    out.text(
      `Noise was added to the sample photos and removed again, its level estimated from the picture.\n`,
    )
    out.text(
      table(
        [
          'photo',
          'sigma',
          'estimated',
          'PSNR before',
          'after',
          'SSIM before',
          'after',
          'seconds',
          'MP/s',
          'device',
        ],
        rows.map((row) => [
          ...[row.name, row.sigma255, row.estimatedSigma255.toFixed(1)],
          ...[`${row.psnrBefore.toFixed(2)} dB`, `${row.psnrAfter.toFixed(2)} dB`],
          ...[row.ssimBefore.toFixed(4), row.ssimAfter.toFixed(4)],
          ...[row.seconds.toFixed(2), row.megapixelsPerSecond.toFixed(2), device],
        ]),
      ),
    )
    out.text(`\nThe same photos, compressed at quality ${demoQuality} and decompressed again.\n`)
    out.text(
      table(
        ['photo', 'JPEG', '.hgi', 'saved', 'bits per pixel', 'PSNR', 'compress', 'decompress'],
        compressed.map((row) => [
          ...[row.name, byteSize(row.originalBytes), byteSize(row.bytes)],
          `${(100 * (1 - row.bytes / row.originalBytes)).toFixed(1)} %`,
          ...[row.bitsPerPixel.toFixed(3), `${row.psnrDb.toFixed(2)} dB`],
          ...[`${row.compressSeconds.toFixed(2)} s`, `${row.decompressSeconds.toFixed(2)} s`],
        ]),
      ),
    )
    out.text(`\nDevice: ${processor} (${why})\nThe pictures side by side are in ${output}`)
  })
}

import { table } from '../../main/cli/output.ts'
import { byteSize } from '../../shared/byte-size.ts'
import { benchCatalog } from './catalog.ts'
import { benchDenoise } from './denoise.ts'
import { benchJpeg } from './jpeg.ts'
import { benchLibrary } from './library.ts'
import { benchPrecision } from './precision.ts'
import { benchSetup } from './setup.ts'
import { benchTraining } from './training.ts'

// npm run bench [-- denoise training setup catalog library precision jpeg memory]: all of them, or those named.
// `denoise-small` leaves out 100 MP; a path names photos for `precision` and `jpeg`, which take the samples otherwise.
const [asked, photos] = [
  process.argv.slice(2).filter((name) => !name.includes('/')),
  process.argv.slice(2).find((name) => name.includes('/')),
]
const wants = (name: string) => asked.length === 0 || asked.includes(name)

if (wants('denoise') || asked.includes('denoise-small')) {
  const rows = await benchDenoise(wants('denoise') ? [1, 12, 100] : [1, 12])
  console.log('\nDenoise, JPEG in and out, level given, whole command')
  console.log(
    table(
      ['megapixels', 'MP/s', 'whole command', 'peak memory'],
      rows.map(({ megapixels, megapixelsPerSecond, wholeSeconds, peakBytes }) => [
        ...[megapixels.toFixed(1), megapixelsPerSecond.toFixed(2), `${wholeSeconds.toFixed(1)} s`],
        peakBytes === null ? 'unknown here' : byteSize(peakBytes),
      ]),
    ),
  )
}
if (wants('training')) {
  const rows = await benchTraining()
  console.log('\nTraining, defaults')
  console.log(
    table(
      ['model', 'batch', 'samples/s'],
      rows.map(({ model, batch, samplesPerSecond }) => [model, batch, samplesPerSecond.toFixed(0)]),
    ),
  )
}
if (wants('setup')) {
  const { firstSeconds, laterSeconds } = await benchSetup()
  console.log('\nSet-up')
  console.log(`fresh clone, warm caches  ${firstSeconds.toFixed(1)} s`)
  console.log(`every later start         ${laterSeconds.toFixed(2)} s`)
}
if (wants('catalog')) {
  console.log('\nCatalog, 100,000 images')
  console.log(figuresTable(await benchCatalog()))
}
if (wants('library')) {
  const rates = Object.entries(await benchLibrary())
  console.log('\nLibrary')
  console.log(
    table(
      ['', 'a second', 'processor time each'],
      rates.map(([what, { perSecond, cpuMs }]) => [
        ...[what, Number(perSecond.toPrecision(3)), `${cpuMs.toPrecision(2)} ms`],
      ]),
    ),
  )
}
if (wants('precision')) {
  const rows = await benchPrecision(photos)
  console.log('\nDenoiser, 2,000 steps of 8 x 64x64 from the same start, judged in float32')
  console.log(
    table(
      ['computed', 'validation loss', 'dB at 15, 25, 50', 'steps/s'],
      rows.map(({ computed, validationLoss, psnr_dB, stepsPerSecond }) => [
        ...[computed, validationLoss.toPrecision(5), psnr_dB.map((dB) => dB.toFixed(2)).join(', ')],
        stepsPerSecond.toFixed(1),
      ]),
    ),
  )
  const [one, other] = rows.map(({ validationLoss }) => validationLoss)
  console.log(`bfloat16 against float32: ${((other! / one! - 1) * 100).toFixed(2)} %`)
}
if (wants('jpeg')) {
  const rows = await benchJpeg(photos)
  console.log('\nWhat JPEG did, taken away: mean PSNR in dB, noise estimated')
  const models = Object.keys(rows[0]!.byModel)
  console.log(
    table(
      ['quality', 'JPEG', ...models],
      rows.map(({ quality, jpeg, byModel }) => [
        quality,
        ...[jpeg, ...models.map((id) => byModel[id]!)].map((dB) => dB.toFixed(2)),
      ]),
    ),
  )
}
if (wants('memory')) {
  // Only here, so that the other benchmarks' process stays without TensorFlow, as the command line's is.
  const { benchMemory, memorySteps } = await import('./memory.ts')
  console.log(`\nTensors and memory before and after ${memorySteps} steps`)
  console.log(
    table(
      ['', 'computed', 'live tensors', 'native tensors', 'native memory'],
      benchMemory().map(({ what, mode, before, after }) => [
        ...[what, mode, `${before.liveTensors}, ${after.liveTensors}`],
        ...[`${before.nativeTensors}, ${after.nativeTensors}`],
        `${byteSize(before.bytes)}, ${byteSize(after.bytes)}`,
      ]),
    ),
  )
}

function figuresTable(figures: object): string {
  return table(
    ['figure', 'value'],
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(3)) : String(value),
    ]),
  )
}

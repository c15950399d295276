import { byteSize, table } from '../../main/cli/output.ts'
import { benchCatalog } from './catalog.ts'
import { benchDenoise } from './denoise.ts'
import { benchSetup } from './setup.ts'
import { benchTraining } from './training.ts'

// npm run bench [-- denoise training setup catalog]: all of them, or those named. `denoise-small` leaves out 100 MP.
const asked = process.argv.slice(2)
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
  const figures = await benchCatalog()
  console.log('\nCatalog, 100,000 images')
  console.log(
    table(
      ['figure', 'value'],
      Object.entries(figures).map(([name, value]) => [
        name,
        typeof value === 'number' ? Number(value.toPrecision(3)) : String(value),
      ]),
    ),
  )
}

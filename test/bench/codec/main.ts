import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import type { Effort } from '../../../main/core/engine-tasks.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { openHourglass } from './hourglass.ts'
import { measureCodecs } from './measure.ts'
import { report } from './report.ts'
import { rivals } from './rivals.ts'
import type { CodecRun, Picture } from './types.ts'

// npm run bench:codec -- FOLDER [--images N] [--effort 0,1,2] [--qualities 1,40,..] [--model ID or FOLDER] [--json FILE]
// [--rivals-only] [--alone] [--rivals FILE]: rates and PSNR of real files of the folder's 8-bit RGB pictures, beside WebP and
// AVIF, and what each effort saves. Effort 2 takes 10 s a picture and quality. While tuning: `--images 4 --qualities
// 1,25,55,85 --alone` (each Nth picture, not the first). `--rivals` takes their curves from an earlier run's JSON: speeds then
// compare two runs.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string' },
    effort: { type: 'string', default: '0,1,2' },
    qualities: { type: 'string' },
    model: { type: 'string', default: 'codec' },
    json: { type: 'string' },
    rivals: { type: 'string' },
    'rivals-only': { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
  },
})
const [folder] = positionals
if (!folder) throw new Error('which folder of pictures? npm run bench:codec -- FOLDER')
const efforts = values.effort.split(',').map(Number)
if (!efforts.every((effort) => [0, 1, 2].includes(effort))) throw new Error('--effort: 0, 1 or 2, or a list')

const qualities = values.qualities?.split(',').map(Number)

const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
sharp.concurrency(threads)
sharp.cache(false)
const pictures = await readPictures(folder, Number(values.images ?? Number.POSITIVE_INFINITY))
const status = (name: string) => process.stderr.isTTY && process.stderr.write(`\r${name.padEnd(40)}`)

const earlier: CodecRun | null = values.rivals ? JSON.parse(readFileSync(values.rivals, 'utf8')) : null
if (earlier && earlier.about.pictures !== pictures.length) {
  throw new Error(`${values.rivals}: of ${earlier.about.pictures} pictures, not ${pictures.length}`)
}
const hourglass = values['rivals-only'] ? null : await openHourglass(values.model, threads, qualities)
const curves: Record<string, CodecRun['curves'][string]> = {}
const entropyShare: Record<string, { encode: number; decode: number }> = {}
try {
  if (earlier) for (const { id } of rivals) curves[id] = earlier.curves[id]!
  const measured = earlier || values.alone ? [] : rivals
  if (hourglass) {
    const codecs = efforts.map((effort) => hourglass.codec(effort as Effort))
    Object.assign(curves, await measureCodecs([...measured, ...codecs], pictures, status))
    for (const codec of codecs) {
      entropyShare[codec.id] = await shareOf(codec)
    }
  } else {
    Object.assign(curves, await measureCodecs(measured, pictures, status))
  }
} finally {
  await hourglass?.close()
}

const { vips, webp, aom, heif } = sharp.versions
const run: CodecRun = {
  about: {
    pictures: pictures.length,
    megapixels: pictures.reduce((sum, { width, height }) => sum + width * height, 0) / 1e6,
    processor: cpus()[0]?.model ?? 'unknown',
    threads,
    libraries: `sharp ${sharp.versions.sharp} (libvips ${vips}, libwebp ${webp}, libheif ${heif}, aom ${aom})`,
    model: hourglass?.modelSha256 ?? null,
  },
  ...{ curves, entropyShare },
}
status('')
console.log(report(run))
if (values.json) writeFileSync(values.json, `${JSON.stringify(run, null, 1)}\n`)

/** Of a few pictures, at all qualities. */
async function shareOf(codec: ReturnType<NonNullable<typeof hourglass>['codec']>) {
  const forget = () => void hourglass!.entropyMs()
  const { points } = (await measureCodecs([codec], pictures.slice(0, 4), status, forget))[codec.id]!
  const spent = hourglass!.entropyMs()
  const encodeMs = points.reduce((sum, point) => sum + point.encodeMs, 0)
  const decodeMs = points.reduce((sum, point) => sum + point.decodeMs, 0)
  return { encode: (100 * spent.encode) / encodeMs, decode: (100 * spent.decode) / decodeMs }
}

async function readPictures(from: string, most: number): Promise<Picture[]> {
  const names = readdirSync(from).filter((name) => /\.(png|tiff?|jpe?g)$/i.test(name))
  const found: Picture[] = []
  const step = Math.max(1, Math.floor(names.length / most))
  for (const [index, name] of names.sort().entries()) {
    if (found.length >= most) break
    if (index % step !== 0) continue
    const { width, height, channels, depth, pixels, alpha } = await readImage(join(from, name))
    if (channels !== 3 || depth !== 8 || alpha) console.log(`${name}: left out, it is not 8-bit RGB`)
    else found.push({ name, width, height, pixels: pixels as Uint8Array })
  }
  if (found.length === 0) throw new Error(`${from}: no 8-bit RGB pictures`)
  return found
}

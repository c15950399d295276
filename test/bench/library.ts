import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { openCatalog } from '../../main/catalog/open.ts'
import { importImages } from '../../main/core/import.ts'
import { bufferReader, findEntry, numberOf } from '../../main/imaging/exif/ifd.ts'
import { probeImage } from '../../main/imaging/probe.ts'
import { imageDirectories, rawTags } from '../../main/imaging/raw/directories.ts'
import { thumbnail } from '../../main/imaging/thumbnail.ts'
import { projectRoot } from '../../main/platform/folders.ts'

/** How fast something goes: by the clock, and by the processors' time, which other work on the machine leaves alone. */
export interface Rate {
  readonly perSecond: number
  readonly cpuMs: number
}

const thumbnailSide = 256
const rawBytes = 24e6

/** How fast a library of photos is taken in and shown: what is done, and the rate of it. */
export async function benchLibrary(imageCount = 5000): Promise<Record<string, Rate>> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  const sample = join(projectRoot, 'assets/samples/lake.jpg')
  const fixture = (name: string) => join(projectRoot, 'test/fixtures/camera', name)
  try {
    const [photos, large, raw] = [join(folder, 'photos'), join(folder, 'large.jpg'), join(folder, 'raw.dng')]
    await mkdir(photos)
    const bytes = await readFile(sample)
    for (let i = 0; i < imageCount; i++) {
      // behind the end of a JPEG, so that each has a hash of its own
      await writeFile(join(photos, `${i}.jpg`), Buffer.concat([bytes, Buffer.from(`${i}`)]))
    }
    await sharp(sample).resize(4240, 2832, { fit: 'fill' }).jpeg({ quality: 92 }).toFile(large)
    const preview = await sharp(sample).resize(1620, 1080, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer()
    await writeFile(raw, largeRaw(await readFile(fixture('turned.dng')), preview))
    const heic = join(folder, 'small.heic')
    await copyFile(fixture('turned.heic'), heic)

    const catalog = openCatalog(join(folder, 'catalog.db'))
    const importAll = () => rate(1, imageCount, () => importImages({ catalog } as never, [photos]))
    const probe = (path: string) => () => probeImage(path)
    const small = (path: string) => () => thumbnail(path, { longestSide: thumbnailSide })
    try {
      const side = `thumbnail of ${thumbnailSide} pixels, two at a time:`
      return {
        'facts of a JPEG, from its header': await rate(500, 1, probe(sample)),
        'facts of a HEIC, from its header': await rate(500, 1, probe(heic)),
        'facts of a RAW of 24 MB, which is read whole': await rate(50, 1, probe(raw)),
        [`import of ${imageCount} JPEG of 0.2 MB`]: await importAll(),
        'the same again, when all are known': await importAll(),
        [`${side} JPEG of 12 megapixels`]: await rate(60, 1, small(large), 2),
        [`${side} small HEIC`]: await rate(60, 1, small(heic), 2),
        [`${side} RAW of 24 MB, by its preview of 1620 x 1080`]: await rate(60, 1, small(raw), 2),
      }
    } finally {
      catalog.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The DNG with another preview, behind what a sensor of 12 megapixels would take. */
function largeRaw(dng: Buffer, preview: Buffer): Buffer {
  const shown = imageDirectories(bufferReader(dng)).find(
    (ifd) => numberOf(findEntry(ifd, rawTags.compression)) === 7,
  )
  const at = rawBytes - preview.length
  dng.writeUInt32LE(at, findEntry(shown ?? null, rawTags.stripOffsets)!.valueAt)
  dng.writeUInt32LE(preview.length, findEntry(shown ?? null, rawTags.stripByteCounts)!.valueAt)
  return Buffer.concat([dng, Buffer.alloc(at - dng.length), preview])
}

/** What `work` does a second, `each` at a time it is called, `atOnce` calls side by side. */
async function rate(calls: number, each: number, work: () => Promise<unknown>, atOnce = 1): Promise<Rate> {
  await (calls > 1 ? work() : null)
  const [started, before] = [performance.now(), process.cpuUsage()]
  let left = calls
  const worker = async () => {
    while (left-- > 0) await work()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const { user, system } = process.cpuUsage(before)
  const count = calls * each
  return {
    perSecond: count / ((performance.now() - started) / 1000),
    cpuMs: (user + system) / 1000 / count,
  }
}

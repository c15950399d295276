import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewImage } from '../../main/catalog/image.ts'
import { openCatalog } from '../../main/catalog/open.ts'

export interface CatalogBench {
  imageCount: number
  /** 500 rows a transaction, each synced to the disk */
  insertsPerSecond: number
  /** one row a transaction, each synced to the disk */
  singleInsertsPerSecond: number
  byIdPerSecond: number
  byPathPerSecond: number
  byHashPerSecond: number
  /** pages of 100 images, all through the catalog, by name */
  pagesPerSecond: number
  /** median and worst over words that are rare, common, short or missing; at most 100 images each */
  searchMedianMs: number
  searchWorstMs: number
  /** of the file with its search index */
  megabytes: number
}

const places = ['Alps', 'Bergen', 'Coast', 'Dolomites', 'Édinburgh', 'Fjord', 'Garden', 'Harbour']

/** A made-up photo of a library of years, months and cameras' file names. */
function photo(index: number): NewImage {
  const folder = `/home/someone/Pictures/${2000 + (index % 25)}/${places[index % 8]} ${(index % 12) + 1}`
  return {
    path: `${folder}/IMG_${String(index).padStart(6, '0')}.JPG`,
    sha256: createHash('sha256').update(String(index)).digest('hex'),
    bytes: 5_000_000 + index,
    width: 6000,
    height: 4000,
    format: 'jpeg',
    bitDepth: 8,
    channels: 3,
    hasAlpha: false,
    mtimeMs: 1_000_000_000_000 + index * 1000,
    exif: { camera: 'Camera 5', iso: 100 * (1 + (index % 64)), takenAtMs: 1_000_000_000_000 + index * 900 },
  }
}

/** Measures a catalog of `imageCount` images in a temporary folder: about 15 s for 100,000. */
export async function benchCatalog(imageCount = 100_000): Promise<CatalogBench> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  const catalog = openCatalog(join(folder, 'catalog.db'))
  try {
    const photos = Array.from({ length: imageCount }, (_, index) => photo(index))
    const insertSeconds = seconds(() => catalog.images.addMany(photos))
    const singles = Array.from({ length: 200 }, (_, index) => photo(imageCount + index))
    const singleSeconds = seconds(() => {
      for (const single of singles) catalog.images.add(single)
    })
    const lookUps = 5000
    const perSecond = (lookUp: (photo: NewImage, id: number) => unknown) =>
      lookUps /
      seconds(() => {
        for (let n = 0; n < lookUps; n++) {
          const index = (n * 7919) % imageCount // spread over the whole file
          if (!lookUp(photos[index], index + 1)) throw new Error(`image ${index} was not found`)
        }
      })
    const byIdPerSecond = perSecond((_photo, id) => catalog.images.byId(id))
    const byPathPerSecond = perSecond(({ path }) => catalog.images.byPath(path))
    const byHashPerSecond = perSecond(({ sha256 }) => catalog.images.byHash(sha256))

    let pages = 0
    const pageSeconds = seconds(() => {
      let after: ReturnType<typeof catalog.browse.page>['next']
      do {
        after = catalog.browse.page({ order: 'name', after, limit: 100 }).next
        pages += 1
      } while (after)
    })
    const words = [
      'IMG_000042',
      'dolomites 7',
      'jpg',
      'someone pictures edinburgh',
      'missing',
      '42',
      'zq',
      '99 fjord',
      '',
    ]
    const searchMs = words
      .flatMap((word) => [1, 2, 3].map(() => 1000 * seconds(() => catalog.browse.search(word))))
      .sort((a, b) => a - b)
    return {
      imageCount,
      insertsPerSecond: imageCount / insertSeconds,
      singleInsertsPerSecond: singles.length / singleSeconds,
      byIdPerSecond,
      byPathPerSecond,
      byHashPerSecond,
      pagesPerSecond: pages / pageSeconds,
      searchMedianMs: searchMs[searchMs.length >> 1],
      searchWorstMs: searchMs[searchMs.length - 1],
      megabytes: (await stat(catalog.file)).size / 1e6,
    }
  } finally {
    catalog.close()
    await rm(folder, { recursive: true })
  }
}

function seconds(work: () => unknown): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

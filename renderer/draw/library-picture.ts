import type { Layer } from '../../shared/contract/common.ts'
import { fitUrl, imageKey, tileUrl } from '../../shared/contract/pixels.ts'
import { coarseSide, type Picture, urlPicture } from './picture.ts'
import type { Region } from './viewport.svelte.ts'

/** A photo of the library. */
export function libraryPicture({
  id,
  width,
  height,
}: {
  id: number
  width: number
  height: number
}): Picture {
  return keyed(imageKey(id), width, height)
}

/** A result that is whole. */
export function resultPicture({ key, width, height }: Layer): Picture {
  return keyed(key, width, height)
}

function keyed(key: string, width: number, height: number): Picture {
  return urlPicture({
    ...{ key, version: 0, width, height },
    coarseUrl: () => fitUrl(key, coarseSide),
    tileUrl: (region) => tileUrl(key, region),
  })
}

/**
 * A result that comes into being: pieces exist once what they cover is final, the coarse whole at the end.
 * @param version another one each time that it has grown
 */
export function growingPicture({ key, width, height }: Layer, growth: Growth, version: number): Picture {
  return urlPicture({
    ...{ key, version, width, height },
    coarseUrl: () => (growth.isWhole ? fitUrl(key, coarseSide, 1) : null),
    tileUrl: (region) => (growth.covers(region) ? tileUrl(key, region, 1) : null),
  })
}

/** Which parts of a result are final; parts never overlap. */
export class Growth {
  readonly #parts: Region[] = []
  isWhole = false

  add(part: Region): void {
    this.#parts.push(part)
  }

  covers(region: Region): boolean {
    if (this.isWhole) return true
    const covered = this.#parts.reduce((sum, part) => sum + shared(part, region), 0)
    return covered >= region.width * region.height
  }
}

function shared(a: Region, b: Region): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return Math.max(0, width) * Math.max(0, height)
}

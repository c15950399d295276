import { exifWithoutPlace, uprightExif } from '../exif/edit.ts'
import { xmpWithoutPlace } from '../exif/xmp.ts'
import type { Raster } from '../raster.ts'
import type { Embedded } from './pieces.ts'

/** Everything; all but GPS and place names; the ICC profile only. */
export type MetadataWish = 'all' | 'without-place' | 'none'

/** What of a raster's metadata goes into a file, fitting its size as it is now. */
export function wishedMetadata({ metadata, width, height }: Raster, wish: MetadataWish): Embedded {
  const { icc, densityPpi } = metadata
  if (wish === 'none') return { icc, exif: null, xmp: null, densityPpi: null }
  // the raster may have been scaled or cropped since it was read
  let exif = metadata.exif && uprightExif(metadata.exif, width, height)
  let xmp = metadata.xmp
  if (wish === 'without-place') {
    exif = exif && exifWithoutPlace(exif)
    xmp = xmp && xmpWithoutPlace(xmp)
  }
  return { icc, exif, xmp, densityPpi }
}

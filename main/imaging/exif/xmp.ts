/**
 * Edits to XMP packets by pattern: RDF lets a property stand as an attribute or as an element, and both
 * forms are handled for these simple ones. Everything else stays byte for byte. A packet that is not UTF-8
 * cannot be edited: null.
 */

const placeNames = [
  'exif:GPS\\w+',
  'photoshop:(?:City|State|Country)',
  'Iptc4xmpCore:(?:Location|CountryCode)',
  'Iptc4xmpExt:Location(?:Created|Shown)',
].join('|')

function edit(xmp: Buffer, change: (text: string) => string): Buffer | null {
  const text = xmp.toString('utf8')
  return Buffer.from(text).equals(xmp) ? Buffer.from(change(text)) : null
}

/** A copy whose tiff:Orientation is 1. */
export function uprightXmp(xmp: Buffer): Buffer | null {
  return edit(xmp, (text) =>
    text
      .replace(/(\btiff:Orientation\s*=\s*["'])\d(?=["'])/g, (_, before) => `${before}1`)
      .replace(/(<tiff:Orientation>\s*)\d(?=\s*<)/g, (_, before) => `${before}1`),
  )
}

/** A copy without coordinates and place names. */
export function xmpWithoutPlace(xmp: Buffer): Buffer | null {
  return edit(xmp, (text) =>
    text
      .replace(new RegExp(`\\s(?:${placeNames})\\s*=\\s*("[^"]*"|'[^']*')`, 'g'), '')
      .replace(new RegExp(`\\s*<(${placeNames})(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</\\1\\s*>)`, 'g'), ''),
  )
}

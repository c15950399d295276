import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodecRun } from './types.ts'

// node test/bench/codec/plot.ts RUN.json docs/rate-distortion.svg: PSNR over bits per pixel of a run on Kodak, among the
// curves of anchors.json.
const [from, to] = process.argv.slice(2)
if (!from || !to) throw new Error('node test/bench/codec/plot.ts RUN.json PICTURE.svg')

interface Line {
  readonly label: string
  readonly points: readonly (readonly [number, number])[]
  readonly colour: string
  readonly width: number
  readonly dash: string
}

const run: CodecRun = JSON.parse(readFileSync(from, 'utf8'))
const anchors: Record<string, { label: string; points: [number, number][] }> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'anchors.json'), 'utf8'),
).curves

const measuredColours: Record<string, string> = {
  webp: '#c2571a',
  avif: '#2b6cb0',
  'hourglass-0': '#d17fa6',
  'hourglass-1': '#b0125b',
  'hourglass-2': '#5b0a8c',
}
const greys = ['#9aa5b1', '#7b8794', '#616e7c', '#8d99a6', '#52606d', '#aab4be', '#6f7b87', '#3e4c59']
const dashes = ['', '6 3', '2 3', '8 3 2 3']
const leftOut = ['sharp-webp', 'sharp-avif-e4-psnr']

const measured = Object.entries(run.curves).map(
  ([id, { label, points }]): Line => ({
    label,
    points: points.map(({ bpp, psnrDb }) => [bpp, psnrDb]),
    ...{ colour: measuredColours[id] ?? '#000', width: id.startsWith('hourglass') ? 3.2 : 2.2, dash: '' },
  }),
)
const others = Object.entries(anchors)
  .filter(([id]) => !leftOut.includes(id))
  .map(
    ([, { label, points }], k): Line => ({
      ...{ label, points, colour: greys[k % greys.length]!, width: 1.3 },
      dash: dashes[k % dashes.length]!,
    }),
  )
writeFileSync(to, svg([...others, ...measured]))

function svg(lines: readonly Line[]): string {
  const [width, height, left, right, top, bottom] = [1000, 620, 56, 290, 60, 48]
  const [bppFrom, bppTo, dbFrom, dbTo] = [0.08, 2, 26, 41]
  const [plotWidth, plotHeight] = [width - left - right, height - top - bottom]
  const x = (bpp: number) => left + (Math.log(bpp / bppFrom) / Math.log(bppTo / bppFrom)) * plotWidth
  const y = (db: number) => top + ((dbTo - db) / (dbTo - dbFrom)) * plotHeight
  const at = (value: number) => value.toFixed(1)
  const text = (tx: number, ty: number, words: string, more = '') =>
    `<text x="${at(tx)}" y="${at(ty)}" ${more}>${words.replace(/&/g, '&amp;')}</text>`

  const grid = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2].map(
    (bpp) =>
      `<path d="M${at(x(bpp))} ${top}v${plotHeight}" stroke="#e4e7eb"/>` +
      text(x(bpp), height - bottom + 18, String(bpp), 'text-anchor="middle"'),
  )
  for (let db = dbFrom; db <= dbTo; db += 2) {
    grid.push(
      `<path d="M${left} ${at(y(db))}h${plotWidth}" stroke="#e4e7eb"/>` +
        text(left - 8, y(db) + 4, String(db), 'text-anchor="end"'),
    )
  }
  const curves = lines.map(({ points, colour, width: stroke, dash }) => {
    const d = points.map(([bpp, db], k) => `${k === 0 ? 'M' : 'L'}${at(x(bpp))} ${at(y(db))}`).join('')
    const dots =
      stroke > 2 ? points.map(([bpp, db]) => `<circle cx="${at(x(bpp))}" cy="${at(y(db))}" r="3"/>`) : []
    const dashed = dash ? ` stroke-dasharray="${dash}"` : ''
    return (
      `<g clip-path="url(#plot)"><path d="${d}" fill="none" stroke="${colour}" stroke-width="${stroke}"${dashed}/>` +
      `<g fill="${colour}">${dots.join('')}</g></g>`
    )
  })
  const legend = lines.toReversed().map(({ label, colour, width: stroke, dash }, k) => {
    const ty = top + 12 + k * 22
    const tx = width - right + 18
    const dashed = dash ? ` stroke-dasharray="${dash}"` : ''
    return (
      `<path d="M${tx} ${ty}h30" stroke="${colour}" stroke-width="${stroke}"${dashed}/>` +
      text(tx + 38, ty + 4, label)
    )
  })
  const { pictures } = run.about
  const heading = `PSNR over bits per pixel, whole files, means over the ${pictures} Kodak pictures`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#323f4b"><title>PSNR over bits per pixel on Kodak</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<clipPath id="plot"><rect x="${left}" y="${top}" width="${plotWidth}" height="${plotHeight}"/></clipPath>
${text(left, 24, heading, 'font-size="15" font-weight="600"')}
${grid.join('\n')}
${curves.join('\n')}
${legend.join('\n')}
${text(left + plotWidth / 2, height - 10, 'bits per pixel (logarithmic)', 'text-anchor="middle"')}
${text(14, top - 8, 'PSNR, dB')}
</svg>
`
}

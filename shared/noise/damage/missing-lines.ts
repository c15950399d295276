import { defineDamage, percentOf, pixelsOf } from './define-damage.ts'

/** Whole rows, or columns, of which each bundle of `thickness` is lost with the same probability. */
export const missingLines = defineDamage({
  id: 'missing-lines',
  title: 'Missing lines',
  description: 'Rows or columns that are lost, as in scans and broken transfers.',
  parameters: [
    percentOf('share', 'Lost', '% of the lines', 10),
    pixelsOf('thickness', 'Thickness', 1, 64, 2),
    {
      kind: 'choice',
      name: 'axis',
      title: 'Along',
      choices: [
        { value: 'rows', title: 'Rows' },
        { value: 'columns', title: 'Columns' },
      ],
      default: 'rows',
    },
  ],
  missing({ width, height }, { share, thickness, axis }, random) {
    const lost = new Uint8Array(width * height)
    const lines = (axis as unknown) === 'rows' ? height : width
    for (let from = 0; from < lines; from += thickness) {
      if (random.uniform() * 100 >= share) continue
      for (let line = from; line < Math.min(lines, from + thickness); line++) {
        if ((axis as unknown) === 'rows') lost.fill(1, line * width, (line + 1) * width)
        else for (let y = 0; y < height; y++) lost[y * width + line] = 1
      }
    }
    return lost
  },
})

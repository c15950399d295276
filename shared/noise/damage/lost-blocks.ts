import { defineDamage, percentOf } from './define-damage.ts'

/** Blocks on JPEG's grid, of which runs are lost, as where a stream is cut and found again. */
export const lostBlocks = defineDamage({
  id: 'lost-blocks',
  title: 'Lost blocks',
  description: 'JPEG blocks that are lost, in runs, as in damaged files and broken streams.',
  parameters: [
    percentOf('share', 'Lost', '% of the blocks', 10),
    {
      kind: 'choice',
      name: 'block',
      title: 'Block',
      choices: [
        { value: '8', title: '8 x 8 (4:4:4)' },
        { value: '16', title: '16 x 16 (4:2:0)' },
      ],
      default: '8',
    },
    {
      kind: 'number',
      name: 'run',
      title: 'Run',
      unit: 'blocks',
      min: 1,
      max: 50,
      step: 1,
      default: 2,
      whole: true,
    },
  ],
  missing({ width, height }, { share, block, run }, random) {
    const lost = new Uint8Array(width * height)
    const side = Number(block)
    const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)]
    for (let k = 0, left = 0; k < columns * rows; k++) {
      if (left === 0 && random.uniform() * 100 * run < share) left = run
      if (left === 0) continue
      left--
      const [x0, y0] = [(k % columns) * side, Math.floor(k / columns) * side]
      for (let y = y0; y < Math.min(height, y0 + side); y++) {
        lost.fill(1, y * width + x0, y * width + Math.min(width, x0 + side))
      }
    }
    return lost
  },
})

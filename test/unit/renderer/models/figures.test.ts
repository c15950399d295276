import { describe, expect, it } from 'vitest'
import { figuresOf } from '../../../../renderer/views/models/figures.ts'

describe('figuresOf', () => {
  it('reads the decibels of each set of a card, and leaves the rest out', () => {
    const rows = figuresOf({
      validation: { step: 3, psnr15_dB: 33.861, psnr25_dB: 31.2, 'loss/validation': 0.06 },
      kodak: { psnr15_dB: 34.622, psnr25_dB: 32.159 },
    })
    expect(rows).toEqual([
      {
        set: 'validation',
        columns: [
          { name: 'sigma 15', value: '33.86' },
          { name: 'sigma 25', value: '31.20' },
        ],
      },
      {
        set: 'kodak',
        columns: [
          { name: 'sigma 15', value: '34.62' },
          { name: 'sigma 25', value: '32.16' },
        ],
      },
    ])
  })

  it('shows four of many levels, the first and the last among them', () => {
    const levels = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`psnr${i}_dB`, 28 + i]))
    const [row] = figuresOf({ validation: levels })
    expect(row.columns.map(({ name }) => name)).toEqual(['level 0', 'level 2', 'level 5', 'level 7'])
  })

  it('leaves out sets of other figures than the first: a table has one head', () => {
    const rows = figuresOf({ validation: { psnr15_dB: 30 }, other: { psnr50_dB: 20 }, empty: {} })
    expect(rows.map(({ set }) => set)).toEqual(['validation'])
  })

  it('names figures in words', () => {
    const [row] = figuresOf({
      validation: { psnr_holes_dB: 21.944, 'psnr_missing-lines_dB': 24.4, cameraMix_dB: 36.6 },
    })
    expect(row.columns).toEqual([
      { name: 'holes', value: '21.94' },
      { name: 'missing lines', value: '24.40' },
      { name: 'camera mix', value: '36.60' },
    ])
  })
})

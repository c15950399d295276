import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outputPath } from '../../../main/imaging/output-path.ts'

const facts = {
  relativePath: 'trip/day 1/IMG_7.jpg',
  ext: '.png',
  model: 'denoiser-color',
  sigma: 25,
  index: 3,
}
const named = (template: string, more = {}) => outputPath('out', template, { ...facts, ...more })

it('fills the fields', () => {
  expect(named('{name}-{model}-{sigma}{ext}')).toBe(resolve('out/IMG_7-denoiser-color-25.png'))
  expect(named('{folder}/{name}')).toBe(resolve('out/trip/day 1/IMG_7.png'))
  expect(named('{index}_{name}', { relativePath: 'a.tar.jpg' })).toBe(resolve('out/0003_a.tar.png'))
  expect(named('{folder}/{name}', { relativePath: 'a.jpg' })).toBe(resolve('out/a.png'))
  expect(
    named('{date}/{width}x{height}.{format}{ext}', {
      date: '2024-05-17T14:03',
      width: 6,
      height: 4,
      format: 'png',
    }),
  ).toBe(resolve('out/2024-05-17T14_03/6x4.png.png'))
})

it('names a field that has no value, and lists those that have one', () => {
  const known = /known are \{folder\}, \{name\}, \{ext\}, \{model\}, \{sigma\}, \{index\}$/
  expect(() => named('{nmae}')).toThrow(/asks for \{nmae\}, which is not known here/)
  expect(() => named('{nmae}')).toThrow(known)
  expect(() => named('{date}', { date: undefined })).toThrow(known)
})

it('never leaves the folder and is a name on every platform', () => {
  for (const template of [
    '../{name}',
    'a/../{name}',
    '{folder}/../../../{name}',
    'a/../../b',
    '..\\{name}',
    '',
    '/',
    '{ext}',
    'a/{ext}',
    'a/',
  ]) {
    expect(() => named(template), template).toThrow(/not a file in/)
  }
  expect(() => named('{folder}/{name}', { relativePath: '../up/a.jpg' })).toThrow(/not a file in/)
  expect(named('/etc/{name}')).toBe(resolve('out/etc/IMG_7.png'))
  expect(named('{model}', { model: '../../evil' })).toBe(resolve('out/.._.._evil.png'))
  expect(named('trip. /{name}')).toBe(resolve('out/trip__/IMG_7.png'))
  expect(named('con{ext}')).toBe(resolve('out/_con.png'))
  expect(named('{name}', { relativePath: 'a<b>:"|?*.jpg' })).toBe(resolve('out/a_b______.png'))
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  fc.assert(
    fc.property(text, text, text, (name, model, template) => {
      let path: string
      try {
        path = outputPath('out', `${template.replace(/[{}]/g, '')}{model}`, {
          relativePath: name,
          ext: '.png',
          model,
        })
      } catch {
        return
      }
      expect(path.startsWith(resolve('out') + join('/'))).toBe(true)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Windows refuses
      expect(path.slice(resolve('out').length)).not.toMatch(/[<>:"|?*\u0000-\u001f]|[. ][/\\]|[. ]$/)
    }),
    { numRuns: 300 },
  )
})

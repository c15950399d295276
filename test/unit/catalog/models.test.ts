import { expect, test } from 'vitest'
import type { NewModel } from '../../../main/catalog/models.ts'
import { catalogAt } from './helpers.ts'
import { sha256 } from './photo.ts'

const model: NewModel = {
  id: 'denoiser-s',
  sha256: sha256('weights'),
  task: 'denoise',
  architecture: 'denoiser',
  folder: '/models/denoiser-s',
  card: { metrics: { psnr: 34.7 } },
  isBundled: true,
}

test('a model comes back as it was added, by id and by hash', () => {
  const { models } = catalogAt()
  expect(models.add(model)).toMatchObject({ ...model, parentId: null })
  expect(models.byHash(sha256('weights'))).toEqual(models.byId('denoiser-s'))
  expect(models.byId('other') ?? models.byHash('other')).toBeUndefined()
})

test('adding it again takes the new folder and card, other weights are refused', () => {
  const { models } = catalogAt()
  const { addedAtMs } = models.add(model)
  const moved = models.add({
    ...model,
    folder: '/elsewhere',
    card: { metrics: {} },
    parentId: 'older',
    isBundled: false,
  })
  expect(moved).toMatchObject({
    folder: '/elsewhere',
    card: { metrics: {} },
    parentId: 'older',
    isBundled: false,
  })
  expect(moved.addedAtMs).toBe(addedAtMs)
  expect(() => models.add({ ...model, sha256: sha256('new') })).toThrow('give the new ones another id')
  expect(models.byId('denoiser-s')?.sha256).toBe(model.sha256)
  models.remove('denoiser-s')
  expect(models.add({ ...model, sha256: sha256('new') }).sha256).toBe(sha256('new'))
})

test('lists by id and task', () => {
  const { models } = catalogAt()
  models.add(model)
  models.add({ ...model, id: 'codec', task: 'compress' })
  expect(models.list().map(({ id }) => id)).toEqual(['codec', 'denoiser-s'])
  expect(models.list('compress').map(({ id }) => id)).toEqual(['codec'])
  expect(models.remove('nothing')).toBe(false)
})

test('the beginning of a hash finds its model, unless two begin so', () => {
  const { models } = catalogAt()
  const prefix = model.sha256.slice(0, 16)
  models.add(model)
  models.add({ ...model, id: 'same-weights' })
  expect(models.byHashPrefix(prefix)?.id).toBe('denoiser-s')
  expect(models.byHashPrefix(sha256('other').slice(0, 16))).toBeUndefined()
  models.add({ ...model, id: 'alike', sha256: `${prefix}${'0'.repeat(48)}` })
  expect(models.byHashPrefix(prefix)).toBeUndefined()
  expect(models.byHashPrefix(model.sha256)?.id).toBe('denoiser-s')
})

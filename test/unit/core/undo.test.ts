import { expect, test } from 'vitest'
import { UndoSteps } from '../../../main/core/undo.ts'

test('a step is taken back once; closing makes the others final', async () => {
  const steps = new UndoSteps()
  const done: string[] = []
  const add = (name: string) =>
    steps.add(
      name,
      () => void done.push(`restore ${name}`),
      () => void done.push(`forget ${name}`),
    )
  const [first, second] = [add('one'), add('two')]
  expect(await steps.restore(first.undo)).toEqual({ label: 'one' })
  await expect(steps.restore(first.undo)).rejects.toMatchObject({ code: 'not-found' })
  await expect(steps.restore('made up')).rejects.toMatchObject({ code: 'not-found' })
  await steps.close()
  expect(done).toEqual(['restore one', 'forget two'])
  await expect(steps.restore(second.undo)).rejects.toMatchObject({ code: 'not-found' })
})

test('what could not be taken back can be tried again, and is made final otherwise', async () => {
  const steps = new UndoSteps()
  const done: string[] = []
  let isBusy = true
  const restore = () => {
    if (isBusy) throw new Error('busy')
    done.push('restore')
  }
  const [first, second] = ['one', 'two'].map((name) =>
    steps.add(name, restore, () => void done.push(`forget ${name}`)),
  )
  await expect(steps.restore(first!.undo)).rejects.toThrow('busy')
  await expect(steps.restore(second!.undo)).rejects.toThrow('busy')
  isBusy = false
  expect(await steps.restore(first!.undo)).toEqual({ label: 'one' })
  await steps.close()
  expect(done).toEqual(['restore', 'forget two'])
})

import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeBlots } from '../training/blots.ts'
import { commandLine } from './command-line.ts'

test('a sweep names the best; as a job it can be gone on with, and there is nothing left to do', async () => {
  const { folder, run, json, remove } = await commandLine()
  onTestFinished(remove)
  const blots = await writeBlots(join(folder, 'blots'), 40)
  const settings = ['trainingCount=32', 'batch=8', 'hidden=[16]', 'code=4', 'warmupSteps=0']
  const tried = ['sweep', '--name', 's', '--model', 'dense', '--images', blots, '--min-epochs', '1']
  tried.push('--epochs', '3', ...settings.flatMap((pair) => ['--set', pair]))
  const refused = await run(...tried, '--try', 'code=8..4')
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("code: expected low..high, got '8..4'"),
  })
  const { code, result } = await json(...tried, '--try', 'learningRate=0.000001,0.005')
  expect(code).toBe(0)
  expect(result).toMatchObject({ id: 's', by: 'mse', status: 'done', job: 1 })
  expect(result.rows[0]).toMatchObject({ run: 's-2', status: 'finished', model: 's-2' })
  expect((await json('jobs', 'resume', '1')).result).toEqual(result)
}, 60_000)

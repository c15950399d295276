import { expect, test, vi } from 'vitest'
import { tellOfWork } from '../../../main/app/tell-of-work.ts'
import type { Application } from '../../../main/core/application.ts'
import { Topic } from '../../../main/core/topic.ts'
import type { EndedTraining } from '../../../main/core/training/train-desk.ts'
import { defaultSettings } from '../../../shared/contract/settings.ts'

function work() {
  const queue = { changed: new Topic<number>(), ended: new Topic<never>(), active: 0, entry: vi.fn() }
  const training = { changed: new Topic<void>(), ended: new Topic<EndedTraining>(), active: 0 }
  const tell = vi.fn()
  const settings = { current: { ...defaultSettings } }
  tellOfWork({ queue, training, settings } as unknown as Application, tell)
  return { queue, training, settings, told: () => tell.mock.calls.splice(0).map(([message]) => message) }
}

test('the shell is told at once that the number has changed, and of progress nothing', () => {
  const { queue, told } = work()
  expect(told()).toEqual([{ kind: 'jobs', active: 0 }])
  for (const active of [0, 1, 1, 1, 2, 1, 0, 0]) {
    queue.active = active
    queue.changed.publish(1)
  }
  expect(told().map((message) => message.active)).toEqual([1, 2, 1, 0])
})

test('a training counts as a job does, and its end is told where it took long', () => {
  const { queue, training, settings, told } = work()
  told()
  queue.active = 2
  training.active = 1
  training.changed.publish()
  expect(told()).toEqual([{ kind: 'jobs', active: 3 }])
  const end = (more: Partial<EndedTraining>) =>
    training.ended.publish({ id: 'mine', status: 'finished', error: null, tookMs: 60_000, ...more })
  end({})
  end({ status: 'failed', error: 'the loss is not a number' })
  end({ status: 'interrupted' })
  end({ tookMs: 20_000 })
  settings.current.notify = false
  end({})
  expect(told()).toEqual([
    { kind: 'notify', title: 'Train mine', body: 'done' },
    { kind: 'notify', title: 'Train mine', body: 'the loss is not a number' },
  ])
})

import { EventEmitter } from 'node:events'
import type { BrowserWindow } from 'electron'
import { beforeEach, expect, test, vi } from 'vitest'
import { Closing } from '../../../main/app/closing.ts'

// Electron itself is tried in test/e2e/shell.test.ts; here only what is decided about it.
const electron = vi.hoisted(() => ({
  app: { quit: vi.fn() },
  dialog: { showMessageBox: vi.fn(async () => ({ response: 2 })) },
  powerSaveBlocker: { start: vi.fn(() => 7), stop: vi.fn() },
}))
vi.mock('electron', () => electron)
beforeEach(() => vi.clearAllMocks())

class TestWindow extends EventEmitter {
  readonly webContents = { send: vi.fn() }
  readonly close = vi.fn()
  readonly hide = vi.fn(() => this.emit('hide'))
  isVisible = () => true
}

function windowAndClosing(count = 1) {
  const windows = Array.from({ length: count }, () => new TestWindow()) as unknown as BrowserWindow[]
  const closing = new Closing(() => windows)
  const [window] = windows
  return {
    closing,
    window: window!,
    sent: () => (window!.webContents.send as ReturnType<typeof vi.fn>).mock.calls,
  }
}

test('the last window asks while jobs run, and only then', () => {
  const { closing, window, sent } = windowAndClosing()
  expect(closing.ask(window)).toBe(true)
  closing.setActive(2)
  expect(closing.ask(window)).toBe(false)
  expect(sent()).toEqual([['close-asked', 2]])
  const two = windowAndClosing(2)
  two.closing.setActive(2)
  expect(two.closing.ask(two.window)).toBe(true)
})

test('close closes without asking again; cancel leaves all as it is', () => {
  const { closing, window } = windowAndClosing()
  closing.setActive(1)
  closing.ask(window)
  closing.answer(window, 'cancel')
  expect(window.close).not.toHaveBeenCalled()
  closing.answer(window, 'close')
  expect(window.close).toHaveBeenCalledOnce()
  expect(closing.ask(window)).toBe(true)
})

test('going on in the background hides the window and ends with the last job, unless it is opened again', () => {
  const { closing, window } = windowAndClosing()
  closing.setActive(1)
  closing.ask(window)
  closing.answer(window, 'keep-running')
  expect(window.hide).toHaveBeenCalledOnce()
  expect(electron.app.quit).not.toHaveBeenCalled()
  closing.stay()
  closing.setActive(0)
  expect(electron.app.quit).not.toHaveBeenCalled()
  closing.setActive(1)
  closing.answer(window, 'keep-running')
  closing.setActive(0)
  expect(electron.app.quit).toHaveBeenCalledOnce()
})

test('the machine stays awake exactly while there are jobs', () => {
  const { closing } = windowAndClosing()
  const { start, stop } = electron.powerSaveBlocker
  closing.setActive(1)
  closing.setActive(3)
  expect(start).toHaveBeenCalledOnce()
  expect(start).toHaveBeenCalledWith('prevent-app-suspension')
  expect(stop).not.toHaveBeenCalled()
  closing.setActive(0)
  expect(stop).toHaveBeenCalledWith(7)
})

test('a window that does not answer is asked about by the system', async () => {
  vi.useFakeTimers()
  const { closing, window } = windowAndClosing()
  closing.setActive(1)
  closing.ask(window)
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
  expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce()
  expect(window.close).not.toHaveBeenCalled()
})

test('asked twice and answered once, it is not asked about again; nor are listeners gathered', async () => {
  vi.useFakeTimers()
  const { closing, window } = windowAndClosing()
  closing.setActive(1)
  for (let i = 0; i < 3; i++) closing.ask(window)
  closing.answer(window, 'cancel')
  await vi.advanceTimersByTimeAsync(61_000)
  vi.useRealTimers()
  expect(electron.dialog.showMessageBox).not.toHaveBeenCalled()
  expect(window.listenerCount('hide')).toBe(1)
})

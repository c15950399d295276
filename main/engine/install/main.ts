import { toAppError } from '../../../shared/errors.ts'
import { installEngine } from './install.ts'

// Run by the set-up script; prints one line a step, or one sentence on failure.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
try {
  const { variant, reason } = await installEngine((line) => console.error(`setup: ${line}`), stop.signal)
  console.error(`setup: TensorFlow is in place (${variant}: ${reason})`)
} catch (error) {
  const { code, message, stack } = toAppError(error)
  console.error(`setup: ${code === 'internal' ? stack : message}`)
  process.exitCode = code === 'aborted' ? 130 : 1
}

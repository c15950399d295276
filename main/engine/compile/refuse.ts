import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../shared/errors.ts'
import { projectRoot } from '../../platform/folders.ts'

/** The error for what cannot be traced: names the op and the line that called it. */
export function refusal(op: string, why: string): AppError {
  return new AppError('internal', `a compiled function cannot hold ${op} (${callingLine()}): ${why}`)
}

/** `file:line` of the innermost call that is neither tfjs nor this folder. */
export function callingLine(): string {
  for (const line of stackLines()) {
    const found = /\(?((?:file:\/\/)?\/?[^()\s]+):(\d+):\d+\)?$/.exec(line)
    if (!found) continue
    const path = found[1]!.startsWith('file:') ? fileURLToPath(found[1]!) : found[1]!
    if (path.startsWith('node:') || /[\\/]node_modules[\\/]/.test(path)) continue
    if (path.startsWith(import.meta.dirname)) continue
    return `${relative(projectRoot, path)}:${found[2]}`
  }
  return 'unknown line'
}

const randomFunctions = /\b((?:random[A-Za-z]*|truncatedNormal|rand|dropout|multinomial)_)/

/** The tfjs function that draws random numbers just now (the outermost: dropout rather than what it calls), else null. */
export function drawingFunction(): string | null {
  const line = stackLines().findLast((line) => randomFunctions.test(line))
  return line ? randomFunctions.exec(line)![1]!.slice(0, -1) : null
}

function stackLines(): string[] {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  const { stack } = new Error()
  Error.stackTraceLimit = limit
  return (stack ?? '').split('\n').slice(2)
}

import { buildProgram } from './program.ts'
import { reportError } from './output.ts'

try {
  await buildProgram().parseAsync()
} catch (error) {
  process.exitCode = reportError(error)
}

import { CommanderError } from 'commander'
import { reportError } from './output.ts'
import { buildProgram } from './program.ts'

try {
  await buildProgram().parseAsync()
} catch (error) {
  // Commander has said what is wrong, or printed the help that was asked for.
  process.exitCode =
    error instanceof CommanderError
      ? error.exitCode === 0
        ? 0
        : 2
      : reportError(error, process.argv.includes('--json'))
}

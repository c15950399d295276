import { CommanderError } from 'commander'
import { reportError } from './output.ts'
import { buildProgram } from './program.ts'

try {
  await buildProgram().parseAsync()
} catch (error) {
  const json = process.argv.includes('--json')
  if (error instanceof CommanderError) {
    // It has said what is wrong, or printed the help that was asked for.
    const { exitCode, message } = error
    process.exitCode = exitCode === 0 ? 0 : 2
    if (json && exitCode !== 0) console.log(JSON.stringify({ error: { code: 'bad-input', message } }))
  } else {
    process.exitCode = reportError(error, json)
  }
}

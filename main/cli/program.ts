import { Command, InvalidArgumentError, Option } from 'commander'
import { addCompress } from './commands/compress.ts'
import { addDecompress } from './commands/decompress.ts'
import { addDemo } from './commands/demo.ts'
import { addDenoise } from './commands/denoise.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEval } from './commands/eval.ts'
import { addGenerate } from './commands/generate.ts'
import { addImport } from './commands/import.ts'
import { addInfo } from './commands/info.ts'
import { addJobs } from './commands/jobs.ts'
import { addLatents } from './commands/latents/latents.ts'
import { addModels } from './commands/models.ts'
import { addNoiseCommand } from './commands/noise.ts'
import { addReconstruct } from './commands/reconstruct.ts'
import { addRestore } from './commands/restore.ts'
import { addRuns } from './commands/runs.ts'
import { addServe } from './commands/serve.ts'
import { addSweepCommand } from './commands/sweep.ts'
import { addTrain } from './commands/train.ts'
import { addVerify } from './commands/verify.ts'

/** The command line: one file per command in commands/. */
export function buildProgram(): Command {
  const program = new Command('hourglass')
    .description('Denoise and compress photos with autoencoders, on your own machine')
    .option('--data <folder>', 'where catalog, models and runs live (or HOURGLASS_DATA)')
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .option('--threads <n>', 'threads of the engine', wholeNumber)
    .addOption(
      new Option('--device <device>', 'what to compute with')
        .choices(['auto', 'cpu', 'cuda'])
        .default('auto'),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(hourglass --help shows what there is)')
    .exitOverride()
  const commands = [
    addServe,
    addDemo,
    addDoctor,
    addImport,
    addNoiseCommand,
    addDenoise,
    addRestore,
    addCompress,
    addDecompress,
    addInfo,
    addVerify,
    addReconstruct,
    addEval,
    addGenerate,
    addLatents,
    addTrain,
    addSweepCommand,
    addModels,
    addRuns,
    addJobs,
  ]
  for (const add of commands) add(program)
  return program
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0')
  return value
}

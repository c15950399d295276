import type { Command } from 'commander'
import { byteSize } from '../../../shared/byte-size.ts'
import { toAppError } from '../../../shared/errors.ts'
import { qualityOfLevel } from '../../code/level.ts'
import { openHgi } from '../../core/codec/hgi-file.ts'
import type { Core } from '../../core/core.ts'
import { findImages } from '../../imaging/find.ts'
import { hgiExtension } from '../../imaging/formats.ts'
import { type GlobalOptions, withCore } from '../context.ts'

export function addInfo(program: Command): void {
  program
    .command('info <paths...>')
    .description('what an .hgi file holds, from its header alone')
    .option('-r, --recursive', 'go into folders below folders')
    .addHelpText(
      'after',
      '\nExamples:\n  hourglass info photo.hgi\n  hourglass info ~/Small --recursive --json',
    )
    .action((paths: string[], _, self: Command) =>
      info(paths, self.optsWithGlobals<GlobalOptions & { recursive?: boolean }>()),
    )
}

async function info(paths: string[], options: GlobalOptions & { recursive?: boolean }): Promise<void> {
  await withCore(options, async ({ core, out }) => {
    const { recursive = false } = options
    const found = await findImages(paths, { recursive, extensions: [hgiExtension] })
    const files: (HgiInfo | { path: string; error: { code: string; message: string } })[] = []
    for (const { path } of found) {
      try {
        files.push(await infoOf(core, path))
      } catch (error) {
        const { code, message } = toAppError(error)
        console.error(`hourglass: ${message}`)
        files.push({ path, error: { code, message } })
        process.exitCode = 1
      }
    }
    out.result({ files })
    for (const file of files) if (!('error' in file)) out.text(lines(file))
  })
}

type HgiInfo = Awaited<ReturnType<typeof infoOf>>

async function infoOf({ catalog }: Core, path: string) {
  const file = await openHgi(path)
  try {
    const { facts } = file
    const model = catalog.models.byHashPrefix(facts.modelPrefix)
    return {
      path,
      ...facts,
      quality: qualityOfLevel(facts.levelQ),
      bitsPerPixel: (8 * facts.bytes.file) / (facts.width * facts.height),
      model: model?.id ?? facts.modelName,
      isModelHere: model !== undefined,
    }
  } finally {
    await file.close()
  }
}

function lines(file: HgiInfo): string {
  const { width, height, depth, channels, hasAlpha, bytes, tileCount } = file
  const megapixels = ((width * height) / 1e6).toFixed(1)
  const kind = `${channels === 1 ? 'grey' : 'RGB'}${hasAlpha ? ' and alpha' : ''}, ${depth} bits`
  const parts = Object.entries(bytes).filter(([name, count]) => name !== 'file' && count > 0)
  const model = `${file.model ?? 'unknown'} (${file.modelPrefix})${file.isModelHere ? '' : ', not on this machine'}`
  const rows = [
    ['picture', `${width} x ${height} (${megapixels} megapixels), ${kind}`],
    ['quality', file.quality.toFixed(2)],
    ['size', `${byteSize(bytes.file)}, ${file.bitsPerPixel.toFixed(3)} bits per pixel`],
    ['of these', parts.map(([name, count]) => `${name} ${byteSize(count)}`).join(', ')],
    ['tiles', String(tileCount)],
    ['model', model],
    ['format', `version ${file.version}`],
  ]
  return [file.path, ...rows.map(([name, value]) => `  ${name!.padEnd(9)} ${value}`)].join('\n')
}

import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'

/** What a naming template may use. */
export interface NamingFacts {
  /** Path of the source below the root it came from, with `/`: gives `folder`, `name` and the default `ext`. */
  readonly relativePath: string
  /** Extension of the output, with its dot. */
  readonly ext: string
  readonly model?: string
  readonly sigma?: string | number
  readonly quality?: string | number
  /** `2024-05-17` or a full ISO time; its colons are replaced. */
  readonly date?: string
  readonly index?: number
  readonly format?: string
  readonly width?: number
  readonly height?: number
}

const defaultIndexDigits = 4
/** Names that Windows keeps for devices, with any extension. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

/**
 * The path below `outputFolder` that a template such as `{folder}/{name}-{model}-{sigma}{ext}` gives. Values
 * cannot add folders (only `{folder}` does), leave the folder, or hold characters that Windows refuses;
 * `{index}` has four digits. Without `{ext}` the extension is added.
 *
 * @throws AppError bad-input: a field without a value (the message lists those that have one), or a template that
 *   leads out of the output folder.
 */
export function outputPath(outputFolder: string, template: string, facts: NamingFacts): string {
  const { relativePath, ...given } = facts
  const values: Record<string, string | number | undefined> = {
    folder: dirname(relativePath) === '.' ? '' : dirname(relativePath),
    name: basename(relativePath, extname(relativePath)),
    ...given,
    index: facts.index === undefined ? undefined : String(facts.index).padStart(defaultIndexDigits, '0'),
  }
  const filled = template.replace(/\{([^{}]*)\}/g, (_, field: string) => {
    const value = values[field]
    if (value === undefined) {
      const known = Object.keys(values).filter((name) => values[name] !== undefined)
      throw new AppError(
        'bad-input',
        `the naming template asks for {${field}}, which is not known here; known are ` +
          known.map((name) => `{${name}}`).join(', '),
      )
    }
    return field === 'folder' ? String(value) : String(value).replace(/[/\\]/g, '_')
  })
  const complete = template.includes('{ext}') ? filled : filled + facts.ext
  const parts = complete.split(/[/\\]/).filter((part) => part !== '' && part !== '.')
  const folder = resolve(outputFolder)
  const path = join(folder, ...parts.map((part) => (part === '..' ? part : safeName(part))))
  const isName = parts.length > 0 && parts.at(-1) !== facts.ext && !/[/\\]$/.test(complete)
  if (!isName || parts.includes('..') || !path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
    throw new AppError(
      'bad-input',
      `the naming template ${template} gives ${complete}, not a file in ${folder}`,
    )
  }
  return path
}

/** A name that Windows, macOS and Linux all accept. */
function safeName(part: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Windows refuses
  const name = part.replace(/[<>:"|?*\u0000-\u001f]/g, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  return deviceName.test(name) ? `_${name}` : name
}

import { AppError } from '../../../shared/errors.ts'

interface Hunk {
  /** index of the first line it replaces */
  readonly at: number
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * Applies a unified diff to text files, exactly: no fuzz, no offsets, as patch and source are both pinned.
 * @param files contents by name; names in the patch lose their first folder (`a/`), as with `patch -p1`
 * @throws AppError `setup` naming file and line where the patch does not fit
 */
export function applyPatch(files: ReadonlyMap<string, string>, patch: string): Map<string, string> {
  const result = new Map(files)
  for (const [name, hunks] of parse(patch)) {
    const text = files.get(name)
    if (text === undefined) throw new AppError('setup', `the patch changes ${name}, which is not there`)
    const lines = text.split('\n')
    // From the last to the first, so that line numbers stay true.
    for (const { at, before, after } of hunks.toReversed()) {
      const wrong = before.findIndex((line, i) => lines[at + i] !== line)
      if (wrong >= 0) {
        const line = at + wrong
        throw new AppError(
          'setup',
          `the patch does not fit ${name}: line ${line + 1} should be '${before[wrong]}', but is '${lines[line]}'`,
        )
      }
      lines.splice(at, before.length, ...after)
    }
    result.set(name, lines.join('\n'))
  }
  return result
}

function parse(patch: string): Map<string, Hunk[]> {
  const files = new Map<string, Hunk[]>()
  const lines = patch.split('\n')
  let hunks: Hunk[] = []
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.startsWith('--- ') && lines[i + 1]?.startsWith('+++ ')) {
      hunks = []
      files.set(lines[++i]!.slice(4).replace(/^[^/]*\//, ''), hunks)
    }
    const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[i]!)
    if (!header) continue
    const before: string[] = []
    const after: string[] = []
    const [beforeCount, afterCount] = [Number(header[2] ?? 1), Number(header[3] ?? 1)]
    while (before.length < beforeCount || after.length < afterCount) {
      const line = lines[++i]
      const kind = line?.[0]
      if (kind !== ' ' && kind !== '-' && kind !== '+')
        throw new AppError('setup', `the patch is cut short at its line ${i + 1}`)
      if (kind !== '+') before.push(line!.slice(1))
      if (kind !== '-') after.push(line!.slice(1))
    }
    hunks.push({ at: Number(header[1]) - 1, before, after })
  }
  return files
}

import { AppError, type ErrorCode, toAppError } from '../../shared/errors.ts'
import { parseValue } from '../../shared/sweep-range.ts'

/**
 * Exit codes: 0 all went well; 1 some files of a batch failed; 2 wrong use; 3 something is missing or cannot be
 * read; 4 the machine lacks something; 5 the engine failed; 130 stopped by Ctrl-C; 70 a bug.
 */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  'bad-input': 2,
  'not-found': 3,
  unreadable: 3,
  unsupported: 3,
  'too-large': 3,
  corrupt: 3,
  newer: 3,
  conflict: 2,
  setup: 4,
  engine: 5,
  aborted: 130,
  internal: 70,
}

/** Says an error on stderr, with its stack only when it is a bug, and as JSON on stdout; returns the exit code. */
export function reportError(error: unknown, json: boolean): number {
  const appError = toAppError(error)
  const { code, message, cause } = appError
  console.error(`hourglass: ${message}`)
  if (code === 'internal') console.error(cause instanceof Error ? cause.stack : appError.stack)
  if (json) console.log(JSON.stringify({ error: { code, message } }))
  return exitCodes[code]
}

/** With --json one object goes to stdout and all else to stderr; without it, text goes to stdout. */
export interface Output {
  readonly json: boolean
  /** for people, only without --json */
  text(line: string): void
  /** the one object, only with --json */
  result(value: unknown): void
  /** a line that is overwritten by the next, on a terminal */
  status(line: string): void
  /** ends the status line */
  done(): void
}

export function createOutput(json: boolean): Output {
  const isTerminal = process.stderr.isTTY
  let width = 0
  return {
    json,
    text: (line) => {
      if (!json) console.log(line)
    },
    result: (value) => {
      if (json) console.log(JSON.stringify(value))
    },
    status(line) {
      if (!isTerminal) return
      process.stderr.write(`\r${line.slice(0, (process.stderr.columns || 80) - 1).padEnd(width)}`)
      width = line.length
    },
    done() {
      if (isTerminal && width > 0) process.stderr.write('\n')
      width = 0
    },
  }
}

/** Columns aligned to their widest entry; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String))
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const isNumber = header.map((_, column) =>
    rows.every((row) => /^[-+]?[\d.,]+( |$)|^inf/.test(String(row[column]))),
  )
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `name=value` pairs as an object. @throws AppError `bad-input` */
export function parseAssignments(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 1) throw new AppError('bad-input', `--set wants name=value, got '${pair}'`)
      return [pair.slice(0, equals), parseValue(pair.slice(equals + 1))]
    }),
  )
}

/** 3 h 05 min, 2 min 10 s, 12.3 s */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

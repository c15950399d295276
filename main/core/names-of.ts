import { basename } from 'node:path'

const most = 3

/** `1 other`, `12 others` */
export function others(count: number): string {
  return `${count} other${count === 1 ? '' : 's'}`
}

/** Of folders and files, for a sentence: `a, b, c and 12 more`. */
export function namesOf(paths: readonly string[]): string {
  const shown = paths
    .slice(0, most)
    .map((path) => basename(path))
    .join(', ')
  return paths.length > most ? `${shown} and ${paths.length - most} more` : shown
}

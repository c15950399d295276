import { readdirSync, readFileSync } from 'node:fs'

/** Follows the resident memory of a process and all its descendants. Linux only: it reads /proc. */
export function watchMemory(pid: number): { stop(): number | null } {
  let peakBytes = 0
  const look = () => {
    peakBytes = Math.max(peakBytes, treeBytes(pid))
  }
  const timer = setInterval(look, 50)
  return {
    /** The largest sum seen, in bytes; null where /proc is missing. */
    stop() {
      clearInterval(timer)
      return peakBytes || null
    },
  }
}

function treeBytes(root: number): number {
  const parents = new Map<number, number>()
  const resident = new Map<number, number>()
  for (const name of safely(() => readdirSync('/proc'), [])) {
    const status = /^\d+$/.test(name) ? safely(() => readFileSync(`/proc/${name}/status`, 'utf8'), '') : ''
    const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    if (!status) continue
    parents.set(Number(name), field('PPid'))
    resident.set(Number(name), field('VmRSS') * 1024)
  }
  let sum = 0
  for (const [pid, bytes] of resident) {
    let ancestor: number | undefined = pid
    while (ancestor && ancestor !== root) ancestor = parents.get(ancestor)
    if (ancestor === root) sum += bytes
  }
  return sum
}

function safely<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch {
    return otherwise // the process ended while it was looked at
  }
}

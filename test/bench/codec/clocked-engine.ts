import { appendFileSync } from 'node:fs'
import { SymbolDecoder, SymbolEncoder } from '../../../main/code/symbol-coder.ts'

// The engine process as it is, but each stream's entropy coding writes its milliseconds into a file.
const path = process.env.HOURGLASS_BENCH_CLOCK!

clock(SymbolEncoder.prototype, 'push', 'encode')
clock(SymbolDecoder.prototype, 'read', 'decode')

function clock<Method extends string>(
  coder: Record<Method | 'finish', (...given: never[]) => unknown>,
  step: Method,
  kind: 'encode' | 'decode',
): void {
  const spent = new WeakMap<object, number>()
  for (const name of [step, 'finish'] as const) {
    const plain = coder[name] as (this: object, ...given: unknown[]) => unknown
    coder[name] = function (this: object, ...given: unknown[]) {
      const started = performance.now()
      const result = plain.apply(this, given)
      const ms = (spent.get(this) ?? 0) + performance.now() - started
      spent.set(this, ms)
      if (name === 'finish') appendFileSync(path, `${kind} ${ms}\n`)
      return result
    } as never
  }
}

await import('../../../main/core/engine-process.ts')

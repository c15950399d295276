import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cacheFolder } from '../../../main/platform/folders.ts'
import type { FloatImage } from '../../../shared/image.ts'

const version = '4.0.3'

export interface Bm3d {
  /** @param sigma in the unit of the pixels */
  denoise(noisy: FloatImage, sigma: number): Promise<{ clean: FloatImage; seconds: number }>
  close(): void
}

/** pip's bm3d in a virtual environment of its own in the cache folder, made at the first use. */
export function openBm3d(folder: string): Bm3d {
  const python = environment()
  const child: ChildProcess = spawn(python, [join(import.meta.dirname, 'serve_bm3d.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return {
    async denoise(noisy, sigma) {
      const [from, to] = [join(folder, 'noisy.f32'), join(folder, 'clean.f32')]
      writeFileSync(from, noisy.data)
      const { width, height } = noisy
      child.stdin!.write(`${JSON.stringify({ noisy: from, out: to, width, height, sigma })}\n`)
      const answer = await lines.next()
      if (answer.done) throw new Error('bm3d ended without an answer; its message stands above')
      const bytes = readFileSync(to)
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
      return { clean: { ...noisy, data }, seconds: JSON.parse(answer.value).seconds }
    },
    close: () => child.stdin!.end(),
  }
}

function environment(): string {
  const folder = join(cacheFolder(), `bench-bm3d-${version}`)
  const python = join(folder, 'bin', 'python')
  if (!existsSync(join(folder, 'ready'))) {
    console.error(`making ${folder} with bm3d ${version} from pip`)
    execFileSync(process.env.HOURGLASS_PYTHON ?? 'python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(python, ['-m', 'pip', 'install', '-q', `bm3d==${version}`], { stdio: 'inherit' })
    writeFileSync(join(folder, 'ready'), '')
  }
  return python
}

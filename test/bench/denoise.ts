import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { projectRoot } from '../../main/platform/folders.ts'
import { watchMemory } from './process-memory.ts'

export interface DenoiseBench {
  readonly megapixels: number
  /** of the denoising itself, and of everything from the command to the written file */
  readonly megapixelsPerSecond: number
  readonly wholeSeconds: number
  /** of the command and its engine process together */
  readonly peakBytes: number | null
}

const sizes = { 1: [1224, 817], 12: [4240, 2832], 100: [12248, 8168] } as const

/** Denoises photos of 1, 12 and 100 megapixels through the command line, JPEG in and out. */
export async function benchDenoise(which: readonly (keyof typeof sizes)[]): Promise<DenoiseBench[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  try {
    const rows: DenoiseBench[] = []
    for (const megapixels of which) {
      const path = join(folder, `${megapixels}.jpg`)
      const [width, height] = sizes[megapixels]
      const sample = join(projectRoot, 'assets', 'samples', 'lake.jpg')
      await sharp(sample, { limitInputPixels: false })
        .resize(width, height, { fit: 'fill' })
        .jpeg({ quality: 92 })
        .toFile(path)
      rows.push(await denoiseOne(path, folder))
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function denoiseOne(path: string, folder: string): Promise<DenoiseBench> {
  const started = performance.now()
  const parameters = [
    'denoise',
    path,
    '--sigma',
    '15',
    '--json',
    '--data',
    join(folder, 'data'),
    '-o',
    join(folder, 'out'),
  ]
  const child = spawn(process.execPath, [join(projectRoot, 'main/cli/main.ts'), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const memory = watchMemory(child.pid ?? 0)
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  const peakBytes = memory.stop()
  const [{ facts, error }] = JSON.parse(text).items
  if (!facts) throw new Error(error?.message ?? `denoising ${path} failed`)
  return {
    megapixels: facts.megapixels,
    megapixelsPerSecond: facts.denoiseMegapixelsPerSecond,
    wholeSeconds: (performance.now() - started) / 1000,
    peakBytes,
  }
}

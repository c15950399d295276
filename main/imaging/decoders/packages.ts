import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where a decoder's npm package lies, and its version. */
export interface DecoderPackage {
  readonly folder: string
  readonly version: string
}

const find = createRequire(import.meta.url)

function decoderPackage(name: string): DecoderPackage | null {
  try {
    const path = find.resolve(`${name}/package.json`)
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
    return { folder: dirname(path), version }
  } catch {
    return null
  }
}

/** LibRaw 0.22 as WebAssembly; null where it is not installed. */
export const librawPackage = (): DecoderPackage | null => decoderPackage('libraw-wasm')

/** libheif 1.23 with libde265 as WebAssembly; null where it is not installed. */
export const libheifPackage = (): DecoderPackage | null => decoderPackage('libheif-js')

export const librawFiles = ({ folder }: DecoderPackage) => ({
  script: join(folder, 'dist', 'libraw.js'),
  wasm: join(folder, 'dist', 'libraw.wasm'),
})

export const libheifFiles = ({ folder }: DecoderPackage) => ({
  script: join(folder, 'libheif-wasm', 'libheif.js'),
  wasm: join(folder, 'libheif-wasm', 'libheif.wasm'),
})

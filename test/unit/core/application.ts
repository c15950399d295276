import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import { type Application, openApplication } from '../../../main/core/application.ts'
import { type Host, serverHost } from '../../../main/core/host.ts'

const root = join(import.meta.dirname, '../../..')

export interface Opened {
  readonly app: Application
  /** of the test alone */
  readonly folder: string
  /** served: two small photos, and one of these again under another name */
  readonly photos: string
}

/** An application on a folder of its own; all gone when the test ends. No engine starts unless it is used. */
export async function openTestApplication(): Promise<Opened> {
  const opened = await openPhotos()
  return { ...opened, app: await openServing(opened.folder, [opened.photos]) }
}

/** The folder and its photos; gone when the test ends. */
export async function openPhotos(): Promise<Omit<Opened, 'app'>> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-application-'))
  const photos = join(folder, 'photos')
  await mkdir(photos)
  for (const [name, sample] of [
    ['lake', 'lake'],
    ['walrus', 'walrus'],
  ] as const) {
    await sharp(join(root, 'assets/samples', `${sample}.jpg`))
      .extract({ left: 100, top: 100, width: 240, height: 160 })
      .jpeg({ quality: 95 })
      .toFile(join(photos, `${name}.jpg`))
  }
  await copyFile(join(photos, 'lake.jpg'), join(photos, 'again.jpg'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { folder, photos }
}

/** The application of a folder, serving these libraries; closed when the test ends. */
export async function openServing(
  folder: string,
  libraries: readonly string[] | null,
  host: Host = serverHost,
): Promise<Application> {
  const app = await openApplication({ data: join(folder, 'data'), host, libraries })
  await app.settings.change({ cacheFolder: join(folder, 'cache') })
  onTestFinished(() => app.close())
  return app
}

/** All that a subscription gives, to its end. */
export async function allOf<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

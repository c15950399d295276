import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import type { ElectronApplication, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  buildApplication,
  commandLine,
  type ElectronHere,
  findElectron,
  type Launched,
  launch,
  openDisplay,
} from './electron.ts'
import { goTo, openPhoto, photos, screenshot } from './page.ts'
import { testFolder } from './serve.ts'

const samples = join(import.meta.dirname, '../../assets/samples')
const found = findElectron()
console.warn(typeof found === 'string' ? `shell: skipped, ${found}` : `shell: on ${found.name}`)

/** The desktop's own part, on a real Electron: what a browser's tests cannot see. */
describe.skipIf(typeof found === 'string')('the shell in Electron', () => {
  let launched: Launched
  let app: ElectronApplication
  let page: Page
  let photo = ''
  let remove = async () => {}

  beforeAll(async () => {
    const electron = found as ElectronHere
    const { path: folder, remove: removeFolder } = await testFolder()
    remove = removeFolder
    const application = await buildApplication(electron)
    launched = { electron, application, display: await openDisplay(), folder }
    await mkdir(join(folder, 'photos'))
    photo = join(folder, 'photos', 'lake.jpg')
    await copyFile(join(samples, 'lake.jpg'), photo)
    app = await launch(launched)
    page = await app.firstWindow()
    page.setDefaultTimeout(60_000)
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
  }, 300_000)

  afterAll(async () => {
    await app?.close()
    launched?.display.stop()
    await remove()
  }, 60_000)

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && page && !page.isClosed()) await screenshot(page, 'failed-shell')
  })

  const windowCount = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
  const newWindow = async () => {
    const opened = app.waitForEvent('window')
    await app.evaluate(({ Menu }) => {
      const file = Menu.getApplicationMenu()!.items[0]!
      file.submenu!.items.find(({ label }) => label === 'New Window')!.click()
    })
    const window = await opened
    await window.getByRole('navigation', { name: 'Views' }).waitFor()
    return window
  }

  test('the page has what the bridge gives, and nothing of Node', async () => {
    const seen = await page.evaluate(() => {
      const names = ['require', 'process', 'module', 'Buffer', 'global']
      return {
        address: location.href.split('#')[0],
        isSecure: isSecureContext,
        node: names.filter((name) => name in globalThis),
        bridge: Object.keys((globalThis as unknown as { hourglass: object }).hourglass).sort(),
      }
    })
    expect(seen).toEqual({
      address: 'app://hourglass/index.html',
      isSecure: true,
      node: [],
      bridge: [
        ...['addRecent', 'choose', 'connect', 'onCloseAsked', 'onMenu', 'onOpen', 'pathForFile', 'platform'],
        'startDrag',
      ],
    })
  })

  test('no other page, no other window, no permission, no file beside the window', async () => {
    // In a window of its own: playwright waits for ever for a navigation that never comes.
    const victim = await newWindow()
    const before = victim.url()
    const result = await victim.evaluate(async () => {
      const opened = window.open('https://example.org/')
      const link = document.createElement('a')
      link.href = 'https://example.org/'
      document.body.append(link)
      link.click()
      location.href = 'file:///etc/passwd'
      const status = (address: string) =>
        fetch(address).then(
          (response) => response.status,
          () => 'refused',
        )
      return {
        opened,
        notifications: await Notification.requestPermission(),
        statuses: [
          await status('app://hourglass/../../package.json'),
          await status('app://hourglass/%2e%2e/%2e%2e/package.json'),
          await status('app://other/index.html'),
          await status('https://example.org/'),
          await status('file:///etc/passwd'),
          await status('/pixels/i999/thumb?size=256'),
        ],
      }
    })
    expect(result).toEqual({
      opened: null,
      notifications: 'denied',
      statuses: [404, 404, 'refused', 'refused', 'refused', 404],
    })
    expect(victim.url()).toBe(before)
    expect(await windowCount()).toBe(2)
    await app.evaluate(({ BrowserWindow }) => {
      const [latest] = BrowserWindow.getAllWindows().sort((a, b) => b.id - a.id)
      latest!.destroy()
    })
    expect(await windowCount()).toBe(1)
  })

  test('what does not fit is not listened to', async () => {
    const answers = await page.evaluate(async () => {
      const { hourglass } = globalThis as unknown as {
        hourglass: {
          choose(value: unknown): Promise<unknown>
          startDrag(value: unknown): void
          addRecent(value: unknown): void
        }
      }
      hourglass.startDrag(['/etc/passwd'])
      hourglass.startDrag([999])
      hourglass.addRecent('../relative')
      return [await hourglass.choose({ kind: 'everything' }), await hourglass.choose(null)]
    })
    expect(answers).toEqual([[], []])
    const state = await readFile(join(launched.folder, 'shell', 'shell-state.json'), 'utf8').catch(() => '{}')
    expect(state).not.toContain('relative')
  })

  test('photos dropped from the system are taken in where they lie, and their pixels come by app:', async () => {
    await dropInto(page, photo)
    const rows = async () => {
      const bytes = await page.evaluate(async () => {
        const view = encodeURIComponent('{}')
        return [...new Uint8Array(await (await fetch(`/library/ids?view=${view}`)).arrayBuffer())]
      })
      return bytes.length / 4
    }
    await expect.poll(rows, { timeout: 60_000 }).toBe(1)
    const type = await page.evaluate(async () => {
      const response = await fetch('/pixels/i1/tile?x=0&y=0&w=64&h=64')
      return [response.status, response.headers.get('content-type')]
    })
    expect(type).toEqual([200, 'image/png'])
  })

  test('a picture without a path, as from the clipboard, is kept and taken in', async () => {
    const answer = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 30)
      canvas.getContext('2d')!.fillRect(5, 5, 10, 10)
      const body = await canvas.convertToBlob()
      const send = async (name: string) => {
        const response = await fetch(`/upload?name=${name}&folder=`, { method: 'POST', body })
        return [response.status, await response.json()]
      }
      return [await send('pasted.png'), await send('pasted.exe')]
    })
    expect(answer).toMatchObject([
      [200, { outcome: 'added' }],
      [415, { error: { code: 'unsupported' } }],
    ])
  })

  test('the menu names what there is, and opens a second window that sees the same library', async () => {
    const labels = await app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()!.items.map(
        ({ label, submenu }) => [label, submenu?.items.length ?? 0] as const,
      ),
    )
    expect(labels.map(([label]) => label)).toEqual(['&File', '&Edit', '&View', '&Help'])
    const second = await newWindow()
    await goTo(second, 'Library')
    await second.getByRole('option', { name: /lake/ }).first().waitFor()
    await second.close()
    await expect.poll(windowCount).toBe(1) // a menu speaks to the window in front
    await app.evaluate(({ Menu }) => {
      const view = Menu.getApplicationMenu()!.items[2]!
      view.submenu!.items.find(({ label }) => label === 'Models')!.click()
    })
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor()
    // Every entry that names a view leads to it.
    for (const [menu, name] of [
      ['&File', 'Settings'],
      ['&View', 'Latents'],
      ['&Help', 'Learn'],
      ['&Help', 'Doctor'],
    ] as const) {
      await app.evaluate(
        ({ Menu }, [menu, name]) => {
          const { submenu } = Menu.getApplicationMenu()!.items.find(({ label }) => label === menu)!
          submenu!.items.find(({ label }) => label === name)!.click()
        },
        [menu, name] as const,
      )
      await page.getByRole('heading', { level: 1, name }).waitFor()
    }
  })

  test('the doctor`s report is copied', async () => {
    await goTo(page, 'Doctor')
    await page.getByRole('button', { name: 'Copy the report' }).click()
    await page.getByText('The report is in the clipboard').waitFor()
    const text = await app.evaluate(({ clipboard }) => clipboard.readText())
    expect(text).toMatch(/^Hourglass \d/)
  })

  test('a second start hands its files to the first, which opens them', async () => {
    const walrus = join(launched.folder, 'photos', 'walrus.jpg')
    await copyFile(join(samples, 'walrus.jpg'), walrus)
    const { executablePath, args, env } = commandLine(launched, [walrus])
    const again = spawn(executablePath, args, { env, stdio: 'ignore' })
    const [code] = await once(again, 'exit')
    expect(code).toBe(0)
    const count = () =>
      page.evaluate(
        async () => (await (await fetch('/library/ids?view=%7B%7D')).arrayBuffer()).byteLength / 4,
      )
    await expect.poll(count, { timeout: 60_000 }).toBe(3)
    expect(await windowCount()).toBe(1)
  })

  test('the core that is killed comes back, and the window goes on with it', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5200)) // sooner, it would count as one that cannot start
    const cores = await coresOf(app.process().pid!)
    expect(cores).toHaveLength(1)
    process.kill(cores[0]!, 'SIGKILL')
    const status = () => page.evaluate(async () => (await fetch('/pixels/i1/thumb?size=128')).status)
    await expect.poll(status, { timeout: 60_000 }).toBe(200)
    await goTo(page, 'Library')
    await page.getByRole('option', { name: /lake/ }).first().waitFor()
  })

  test('the window is where it was after a restart, and the library holds what it held', async () => {
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.setBounds({ x: 40, y: 30, width: 1100, height: 720 }),
    )
    await app.close()
    app = await launch(launched)
    page = await app.firstWindow()
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
    const bounds = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())
    expect(bounds).toMatchObject({ width: 1100, height: 720 })
    const count = await page.evaluate(
      async () => (await (await fetch('/library/ids?view=%7B%7D')).arrayBuffer()).byteLength / 4,
    )
    expect(count).toBe(3)
  })

  /** Opens the menu of a photo. */
  const menuOf = async (name: string) => {
    await goTo(page, 'Library')
    await photos(page, name).click({ button: 'right' })
    const menu = page.getByRole('menu', { name })
    await menu.waitFor()
    return menu
  }
  /** Exports denoised photos of the library into a folder, by the window. */
  const denoiseInto = async (name: string, results: string) => {
    await openPhoto(page, name, 'Denoise')
    await page.keyboard.press('Control+E')
    const dialog = page.getByRole('dialog', { name: 'Export denoised photos' })
    await dialog.getByLabel('Folder').fill(results)
    await dialog.getByText(results).waitFor()
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'detached' })
  }

  test('a photo is dragged out as its file', async () => {
    await goTo(page, 'Library')
    await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      const dragged: unknown[] = []
      Object.assign(globalThis, { dragged })
      window!.webContents.startDrag = ({ file, files, icon }) => {
        dragged.push({ file, files, hasIcon: typeof icon !== 'string' && !icon.isEmpty() })
      }
    })
    await photos(page, 'lake.jpg').hover()
    const { x, y } = (await photos(page, 'lake.jpg').boundingBox())!
    await page.mouse.down()
    await page.mouse.move(x + 150, y + 90, { steps: 8 })
    await page.mouse.up()
    const dragged = () => app.evaluate(() => (globalThis as unknown as { dragged: unknown[] }).dragged)
    await expect.poll(dragged).toEqual([{ file: photo, files: [photo], hasIcon: true }])
    // Dropped onto a collection of the same window it joins that, and is not imported.
    await page.getByRole('listbox', { name: 'Photos' }).press('Escape')
    await page.getByRole('button', { name: 'New collection', exact: true }).click()
    await page.getByLabel('Name of the collection').fill('Lakes')
    await page.getByLabel('Name of the collection').press('Enter')
    const shelf = page.getByRole('navigation', { name: 'Collections and filters' })
    const lakes = shelf.getByRole('listitem').filter({ hasText: 'Lakes' })
    await lakes.waitFor()
    await photos(page, 'lake.jpg').dispatchEvent('dragstart')
    await lakes.evaluate((node) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['x'], 'lake.jpg'))
      for (const type of ['dragenter', 'dragover', 'drop'])
        node.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    })
    await expect.poll(() => lakes.locator('.count').textContent()).toBe('1')
  })

  test('a photo is shown in its folder, and goes to the trash once that is confirmed', async () => {
    await app.evaluate(({ shell }) => {
      const asked: string[][] = []
      Object.assign(globalThis, { asked })
      shell.showItemInFolder = (path) => void asked.push(['folder', path])
      shell.trashItem = async (path) => void asked.push(['trash', path])
    })
    const asked = () => app.evaluate(() => (globalThis as unknown as { asked: string[][] }).asked)
    await (await menuOf('walrus.jpg')).getByRole('menuitem', { name: 'Show in folder' }).click()
    const walrus = join(launched.folder, 'photos', 'walrus.jpg')
    await expect.poll(asked).toEqual([['folder', walrus]])
    await (await menuOf('walrus.jpg')).getByRole('menuitem', { name: 'Move to the trash' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move walrus.jpg to the trash?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await photos(page, 'walrus.jpg').count()).toBe(1)
    await (await menuOf('walrus.jpg')).getByRole('menuitem', { name: 'Move to the trash' }).click()
    await dialog.getByRole('button', { name: 'Move to the trash' }).click()
    await photos(page, 'walrus.jpg').waitFor({ state: 'detached' })
    expect(await asked()).toEqual([
      ['folder', walrus],
      ['trash', walrus],
    ])
  })

  test('a model dropped onto the Models view is taken in by its path', async () => {
    const folder = join(launched.folder, 'given')
    await cp(join(samples, '../models/denoiser'), folder, { recursive: true })
    const card = JSON.parse(await readFile(join(folder, 'card.json'), 'utf8')) as object
    await writeFile(
      join(folder, 'card.json'),
      JSON.stringify({ ...card, id: 'given', title: 'Given by hand' }),
    )
    await goTo(page, 'Models')
    await dropInto(page, folder)
    const article = page.getByRole('article').filter({ hasText: 'Given by hand' })
    await article.waitFor()
    await article.getByRole('button', { name: 'Remove' }).click()
    await article.waitFor({ state: 'detached' })
  }, 240_000)

  test('a job that took long ends with a notification where no window is looked at', async () => {
    await app.evaluate(({ BrowserWindow, Notification }) => {
      const shown: { title: string; body: string }[] = []
      Object.assign(globalThis, { shown })
      // Of older versions each notification has its own `show`, which is reached by what they all share.
      Notification.prototype.on = function (this: Electron.Notification) {
        this.show = () => void shown.push({ title: this.title, body: this.body })
        return this
      }
      for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false
    })
    const results = join(launched.folder, 'long')
    await denoiseInto('lake.jpg', results)
    // The job is told that it began a minute ago.
    const catalog = new Sqlite(join(launched.folder, 'data', 'catalog.db'))
    const began = catalog.prepare(
      "UPDATE jobs SET startedAtMs = startedAtMs - 60000 WHERE status = 'running'",
    )
    await expect.poll(() => began.run().changes, { interval: 20 }).toBe(1)
    catalog.close()
    const shown = () => app.evaluate(() => (globalThis as unknown as { shown: unknown[] }).shown)
    await expect
      .poll(shown, { timeout: 120_000 })
      .toEqual([{ title: expect.stringContaining('Denoise 1 photo'), body: '1 done' }])
    expect(await readdir(results)).toEqual(['lake-denoised.jpg'])
  }, 240_000)

  test('closing while a job runs asks; it goes on without a window, and then all ends', async () => {
    const wide = join(launched.folder, 'photos', 'wide.jpg')
    await sharp(photo).resize(2400, 1600, { fit: 'fill' }).toFile(wide)
    await dropInto(page, wide)
    const results = join(launched.folder, 'background')
    await denoiseInto('wide.jpg', results)
    const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
    const question = page.getByRole('dialog', { name: '1 job not finished' })
    await close()
    await question.waitFor()
    await screenshot(page, 'close-question')
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await windowCount()).toBe(1)
    const ended = new Promise((resolve) => app.process().once('exit', resolve))
    await close()
    await question.getByRole('button', { name: 'Finish in the background' }).click()
    await ended
    expect(await readdir(results)).toEqual(['wide-denoised.jpg'])
  }, 300_000)

  test('an .hgi file that the system opens with it is looked into at once', async () => {
    const small = join(launched.folder, 'small')
    await promisify(execFile)(process.execPath, [
      ...['main/cli/main.ts', '--data', join(launched.folder, 'other'), 'compress', photo],
      ...['-o', small],
    ])
    app = await launch(launched, [join(small, 'lake.hgi')])
    page = await app.firstWindow()
    await page.getByRole('heading', { level: 1, name: 'Compress' }).waitFor({ timeout: 60_000 })
    const inspector = page.getByRole('complementary', { name: 'Settings' })
    await inspector.getByText('1024 x 683', { exact: false }).waitFor({ timeout: 60_000 })
    await page.getByText('lake.hgi').first().waitFor()
  }, 240_000)
})

/** Drops a file of this machine, as the system does. */
async function dropInto(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
  }
  await session.detach()
}

/** Processes below this one that hold a core, by what they were started with. */
async function coresOf(parent: number): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (stat.split(' ')[3] === String(parent) && words.includes('core-entry')) found.push(Number(name))
  }
  return found
}

import { appendFile, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { mostMessageBytes } from '../../../main/api/connect.ts'
import { importImages } from '../../../main/core/import.ts'
import { buildWindow } from '../../../main/server/build-window.ts'
import { startServer } from '../../../main/server/server.ts'
import { openTestApplication } from '../core/application.ts'

interface Reply {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
}

async function serverWithCookie() {
  const opened = await openTestApplication()
  const server = await startServer(opened.app, { host: '127.0.0.1', port: 0, names: ['gpu-box.lan'] })
  onTestFinished(() => server.close())
  const ask = (path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const first = new URL(server.address())
  const { headers } = await ask(`${first.pathname}${first.search}`)
  const cookie = String(headers['set-cookie']).split(';')[0]!
  const origin = `http://127.0.0.1:${server.port}`
  const socket = (given: { cookie?: string; origin?: string; host?: string; path?: string }) => {
    const { path = '/trpc', origin: from, ...sent } = given
    const address = `ws://127.0.0.1:${server.port}${path}`
    return new WebSocket(address, { headers: sent, ...(from ? { origin: from } : {}) })
  }
  return { ...opened, server, ask, first, cookie, origin, socket }
}

const opens = (socket: WebSocket) =>
  new Promise<boolean>((resolve) => {
    socket.on('open', () => resolve(true))
    socket.on('error', () => resolve(false))
  })

test('a token is good once, and becomes a cookie that scripts and other sites cannot use', async () => {
  const { ask, first, server } = await serverWithCookie()
  expect(first.searchParams.get('token')).toMatch(/^[\w-]{32}$/)
  const again = await ask(`/${first.search}`)
  expect(again.status).toBe(403)
  expect(again.headers['set-cookie']).toBeUndefined()
  expect((await ask('/?token=guess')).status).toBe(403)
  expect((await ask('/?token=')).status).toBe(403)
  const next = new URL(server.address())
  const entered = await ask(`/${next.search}`)
  // Not redirected: that would still be the request of the page whose link was followed, without the cookie.
  expect(entered.status).toBe(200)
  expect(entered.text).toContain('<meta http-equiv="refresh" content="0;url=/">')
  expect(entered.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  expect(String(entered.headers['content-security-policy'])).toMatch(/^default-src 'none';/)
  expect(String(entered.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
})

test('nothing is answered without the cookie', async () => {
  const { ask, origin, cookie, socket } = await serverWithCookie()
  for (const path of [
    '/',
    '/pixels/i1/thumb?size=256',
    '/library/ids',
    '/download/i1',
    '/upload?name=a.jpg',
    '/upload/model',
  ]) {
    expect((await ask(path)).status, path).toBe(403)
    expect((await ask(path, { headers: { cookie: `${cookie}x` } })).status, path).toBe(403)
  }
  const upload = { method: 'POST', headers: { origin }, body: 'x' }
  expect((await ask('/upload?name=a.jpg', upload)).status).toBe(403)
  expect(await opens(socket({ origin }))).toBe(false)
  expect(await opens(socket({ origin, cookie }))).toBe(true)
})

test('pages of other origins get nothing, whatever cookie their browser sends', async () => {
  const { ask, origin, cookie, socket } = await serverWithCookie()
  const evil = 'http://evil.example'
  expect((await ask('/library/ids', { headers: { cookie, origin: evil } })).status).toBe(403)
  expect((await ask('/library/ids', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(
    403,
  )
  expect((await ask('/library/ids', { headers: { cookie, origin } })).status).toBe(200)
  const upload = { method: 'POST', body: 'x' }
  expect((await ask('/upload?name=a.jpg', { ...upload, headers: { cookie } })).status).toBe(403)
  expect((await ask('/upload?name=a.jpg', { ...upload, headers: { cookie, origin: evil } })).status).toBe(403)
  expect(await opens(socket({ cookie, origin: evil }))).toBe(false)
  expect(await opens(socket({ cookie }))).toBe(false)
  expect(await opens(socket({ cookie, origin, path: '/other' }))).toBe(false)
})

test('no name but its own leads here, so that none can be made to', async () => {
  const { ask, cookie, server, socket } = await serverWithCookie()
  const from = (host: string) => ask('/library/ids', { headers: { cookie, host } })
  expect((await from('evil.example')).status).toBe(403)
  expect((await from(`evil.example:${server.port}`)).status).toBe(403)
  expect((await from('127.0.0.1.evil.example')).status).toBe(403)
  for (const host of [`localhost:${server.port}`, 'gpu-box.lan', '10.0.0.7:80', `[::1]:${server.port}`]) {
    expect((await from(host)).status, host).toBe(200)
  }
  const rebound = { cookie, host: 'evil.example', origin: 'http://evil.example' }
  expect(await opens(socket(rebound))).toBe(false)
})

test('files of the window have strict headers; nothing beside them is served', async () => {
  const { ask, cookie } = await serverWithCookie()
  await buildWindow(() => undefined)
  const { status, headers } = await ask('/', { headers: { cookie } })
  expect(status).toBe(200)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['x-frame-options']).toBe('DENY')
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  for (const path of [
    ...[
      '/../../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/../../x.js',
    ],
    ...['/..\\..\\package.json', '/%00', '/%', '/.git/config', '//etc/passwd'],
  ]) {
    expect((await ask(path, { headers: { cookie } })).status, path).toBe(404)
  }
  expect((await ask('/', { method: 'DELETE', headers: { cookie, origin: 'x' } })).status).toBe(403)
}, 180_000)

test('malformed and huge messages cost a connection at most', async () => {
  const { app, origin, cookie, socket } = await serverWithCookie()
  const talk = async (message: string | Uint8Array) => {
    const client = socket({ origin, cookie })
    await opens(client)
    const answer = new Promise<string>((resolve) => {
      client.on('message', (data) => resolve(String(data)))
      client.on('close', (code) => resolve(`closed ${code}`))
      client.on('error', () => {})
    })
    client.send(message)
    const result = await answer
    client.terminate()
    return result
  }
  expect(await talk('not json')).toContain('"error"')
  expect(await talk('{"id":1}')).toContain('"error"')
  expect(await talk('[]'.repeat(10))).toContain('"error"')
  const call = (path: string, input: unknown, method = 'query') =>
    JSON.stringify({ id: 1, jsonrpc: '2.0', method, params: { path, input } })
  expect(await talk(call('library.rows', { ids: ['1'] }))).toContain('"code":"bad-input"')
  expect(await talk(call('library.__proto__', {}))).toContain('"error"')
  expect(await talk(call('toString', {}))).toContain('"error"')
  expect(await talk(JSON.stringify(Array.from({ length: 51 }, (_, i) => ({ id: i + 1 }))))).toContain(
    '"error"',
  )
  expect(await talk('x'.repeat(mostMessageBytes + 1))).toBe('closed 1009')
  expect(await talk(call('library.count', {}))).toContain('"count":0')
  expect(app.core.catalog.images.count()).toBe(0)
})

test('whoever is refused a socket and resets the connection ends nothing', async () => {
  const { ask, server } = await serverWithCookie()
  const failures: unknown[] = []
  const note = (error: unknown) => void failures.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))
  const lines = [
    'GET /trpc HTTP/1.1',
    `Host: 127.0.0.1:${server.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
  ]
  for (let i = 0; i < 60; i++) {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(`${lines.join('\r\n')}\r\n\r\n`)
        setTimeout(() => socket.resetAndDestroy(), i % 3)
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
  }
  expect((await ask('/')).status).toBe(403)
  expect(failures).toEqual([])
})

test('a photo is sent as its file is now, whatever it was when it came in; or it is gone', async () => {
  const { app, ask, photos, cookie } = await serverWithCookie()
  const { ids } = await importImages(app.core, [join(photos, 'lake.jpg'), join(photos, 'walrus.jpg')])
  const [lake, walrus] = ids.map((id) => app.core.catalog.images.byId(id)!.path)
  const download = (id: number, method = 'GET') => ask(`/download/i${id}`, { method, headers: { cookie } })
  await appendFile(lake!, 'more')
  await truncate(walrus!, 3000)
  for (const [i, path] of [lake!, walrus!].entries()) {
    const { status, headers, text } = await download(ids[i]!)
    const bytes = await readFile(path)
    expect(status).toBe(200)
    expect(headers['content-length']).toBe(String(bytes.length))
    expect(text).toBe(bytes.toString())
  }
  expect((await download(ids[1]!, 'HEAD')).headers['content-length']).toBe('3000')
  await truncate(walrus!)
  expect(await download(ids[1]!)).toMatchObject({ status: 200, text: '' })
  await rm(walrus!)
  expect((await download(ids[1]!)).status).toBe(404)
})

test('no path outside of the libraries is read or written, links and dots included', async () => {
  const { folder, photos, origin, cookie, socket } = await serverWithCookie()
  const { symlink } = await import('node:fs/promises')
  await symlink('/etc', join(photos, 'link'))
  const client = socket({ origin, cookie })
  await opens(client)
  client.setMaxListeners(20)
  let id = 0
  const call = (path: string, input: unknown, method = 'query') =>
    new Promise<string>((resolve) => {
      const own = ++id
      client.on('message', (data) => {
        const answer = JSON.parse(String(data)) as { id: number }
        const isStart = String(data).includes('"started"')
        if (answer.id === own && !isStart) resolve(String(data))
      })
      client.send(JSON.stringify({ id: own, jsonrpc: '2.0', method, params: { path, input } }))
    })
  const outside = 'outside of the folders that are served'
  for (const path of ['/etc', join(photos, '..'), join(photos, 'link'), join(folder, 'data'), '/']) {
    expect(await call('files.browse', { path }), path).toContain(outside)
  }
  expect(await call('files.browse', { path: photos })).toContain('lake.jpg')
  expect(await call('compress.inspect', { path: '/etc/passwd' })).toContain(outside)
  expect(await call('models.import', { path: '/etc' }, 'mutation')).toContain(outside)
  expect(await call('settings.set', { outputFolder: '/etc' }, 'mutation')).toContain(outside)
  expect(await call('library.import', { paths: ['/etc'] }, 'subscription')).toContain(outside)
  expect(await call('library.import', { paths: [join(photos, 'link')] }, 'subscription')).toContain(outside)
  client.terminate()
})

test('uploads are kept in their place, taken in once, and refused where they are no pictures', async () => {
  const { app, ask, photos, origin, cookie } = await serverWithCookie()
  const headers = { origin, cookie }
  const send = (name: string, body: Uint8Array, folder = '') =>
    ask(`/upload?name=${encodeURIComponent(name)}&folder=${encodeURIComponent(folder)}`, {
      ...{ method: 'POST', headers, body },
    })
  const lake = await readFile(join(photos, 'lake.jpg'))
  const first = JSON.parse((await send('lake.jpg', lake, 'trip/one')).text)
  expect(first).toMatchObject({ outcome: 'added', path: join(app.uploads, 'trip/one/lake.jpg') })
  expect(JSON.parse((await send('lake.jpg', lake, 'trip/one')).text)).toMatchObject({
    ...{ image: first.image, outcome: 'known', path: first.path },
  })
  const walrus = await readFile(join(photos, 'walrus.jpg'))
  expect(JSON.parse((await send('lake.jpg', walrus, 'trip/one')).text).path).toContain('lake-2.jpg')
  for (const [name, folder, expected] of [
    ['../../x.jpg', '', 400],
    ['x.jpg', '../..', 400],
    ['..', '', 415],
    ['x.exe', '', 415],
    ['x\0.jpg', '', 400],
  ] as const) {
    expect((await send(name, lake, folder)).status, `${name} in ${folder}`).toBe(expected)
  }
  const rooted = JSON.parse((await send('x.jpg', lake, '/etc')).text)
  expect(rooted.path).toBe(join(app.uploads, 'etc/x.jpg'))
  const broken = await send('text.jpg', Buffer.from('no picture'))
  expect(broken.status).toBe(415)
  expect((await readdir(app.uploads)).some((name) => name.includes('text'))).toBe(false)
  expect((await readdir(join(app.uploads, 'trip/one'))).filter((name) => name.startsWith('.'))).toEqual([])
})

test('models that browsers send are held to their sizes, and nothing is kept of what is refused', async () => {
  const { app, ask, origin, cookie } = await serverWithCookie()
  const send = (query: string, body: string, more: Record<string, string> = {}) =>
    ask(`/upload/model${query}`, { method: 'POST', headers: { origin, cookie, ...more }, body })
  expect((await ask('/upload/model', { method: 'POST', headers: { origin }, body: 'x' })).status).toBe(403)
  for (const [query, body, status] of [
    ['', 'no zip file', 422],
    ['?card=0', '{}', 400],
    ['?card=1e3', '{}', 400],
    ['?card=2000000', '{}', 413],
    ['?card=2', '{}weights', 422],
    ['?card=9', '{}', 422],
  ] as const) {
    expect((await send(query, body)).status, `${query} ${body}`).toBe(status)
  }
  expect((await send('', 'x', { 'content-length': String(2 ** 31) })).status).toBe(413)
  expect(await readdir(app.uploads)).toEqual([])
})

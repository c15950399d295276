import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Served } from './serve.ts'

const shots = join(import.meta.dirname, '../../out/screenshots')

export interface Look {
  readonly width?: number
  readonly height?: number
}

/** A page of the window, let in by a fresh token; what goes wrong in it fails the test that asks `troubles`. */
export async function openPage(browser: Browser, served: Served, look: Look = {}): Promise<Page> {
  const { width = 1440, height = 900 } = look
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: 'dark',
    // Nothing is caught half way between two looks.
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  const found: string[] = []
  page.on('pageerror', (error) => found.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d|net::ERR_ABORTED/.test(message.text()))
      found.push(message.text())
  })
  troublesOf.set(page, found)
  page.setDefaultTimeout(60_000)
  await page.goto(served.nextAddress(), { timeout: 90_000 })
  await page.getByRole('navigation', { name: 'Views' }).waitFor()
  return page
}

const troublesOf = new WeakMap<Page, string[]>()

/** Errors of the page's scripts and console so far. */
export function troubles(page: Page): readonly string[] {
  return troublesOf.get(page) ?? []
}

/** Photos of the library's grid, or those whose name holds a text. */
export function photos(page: Page, name?: string): Locator {
  const all = page.locator('[role=option][id^=photo-]')
  return name === undefined ? all : all.filter({ hasText: name })
}

/** Opens a view by its rail entry. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: title, exact: true })
    .click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/**
 * Chooses a photo of the library by its name, whatever was searched for, filtered or chosen before, and opens it in a
 * view.
 */
export async function openPhoto(page: Page, name: string, view?: string): Promise<void> {
  await goTo(page, 'Library')
  const clear = page.getByRole('button', { name: /^Clear( search and filters)?$/ })
  await photos(page).or(clear).first().waitFor()
  if (await clear.first().isVisible()) await clear.first().click()
  await photos(page, name).click()
  await page.locator('[role=option][id^=photo-][aria-selected=true]').filter({ hasText: name }).waitFor()
  await page
    .getByRole('complementary', { name: 'Details' })
    .getByText(name, { exact: true })
    .first()
    .waitFor()
  if (view) await goTo(page, view)
}

/** Takes back what was just removed: once the window has said that it can be. */
export async function takeBack(page: Page, removed: string | RegExp): Promise<void> {
  await page
    .locator('[data-sonner-toast]')
    .filter({ hasText: removed })
    .getByRole('button', { name: 'Undo' })
    .first()
    .waitFor({ state: 'attached' })
  await page.keyboard.press('Control+Z')
  await page
    .getByText(/^Taken back/)
    .first()
    .waitFor()
}

/** Waits until an element has the focus: keys pressed sooner would go elsewhere. */
export async function hasFocus(element: Locator): Promise<void> {
  await element.and(element.page().locator(':focus')).waitFor()
}

/** The same view anew, whatever a test that failed left open: a dialog, a drawer, another size. */
export async function resetPage(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.reload()
  await page.getByRole('navigation', { name: 'Views' }).waitFor()
}

/** Nothing moves, fades or changes its colour any more, but what never ends. */
async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  )
}

/** Written to out/screenshots, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(shots, { recursive: true })
  await atRest(page)
  await page.screenshot({ path: join(shots, `${name}.png`) })
}

/** No violation of WCAG 2 A and AA, contrast included. */
export async function checkAccessible(page: Page): Promise<void> {
  await atRest(page)
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze()
  const words = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
  expect(words).toEqual([])
}

/** Tasks of the window's thread while something was done. */
export interface Smoothness {
  /** in milliseconds of that thread's processor time, from a trace: a machine busy with other things does not count */
  readonly longestMs: number
  /** over 50 ms of the clock, as the Long Tasks API tells them */
  readonly longTasksMs: readonly number[]
}

export async function smoothness(page: Page, what: string, work: () => Promise<void>): Promise<Smoothness> {
  const browser = page.context().browser()!
  let longTasksMs: readonly number[] = []
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] })
  try {
    // Between the tracing's begin and end: those hold the window's thread, too.
    await page.evaluate(() => {
      const found: number[] = []
      const fromMs = performance.now()
      Object.assign(window, { longTasks: found })
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) if (startTime >= fromMs) found.push(duration)
      }).observe({ type: 'longtask' })
    })
    await work()
    longTasksMs = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
  } finally {
    const trace = (await browser.stopTracing()).toString()
    traced.set(page, (JSON.parse(trace) as { traceEvents: TraceEvent[] }).traceEvents)
  }
  const longestMs = longestMain(traced.get(page)!)
  console.log(
    `${what}: longest task ${longestMs.toFixed(0)} ms of processor time; over 50 ms of the clock: ${longTasksMs.map(Math.round).join(', ') || 'none'}`,
  )
  return { longestMs, longTasksMs }
}

const traced = new WeakMap<Page, readonly TraceEvent[]>()

function longestMain(events: readonly TraceEvent[]): number {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  const isMain = ({ pid, tid }: TraceEvent) => mains.some((main) => main.pid === pid && main.tid === tid)
  const tasks = events.filter((event) => event.ph === 'X' && /RunTask$/.test(event.name) && isMain(event))
  expect(tasks.length).toBeGreaterThan(0)
  return Math.max(...tasks.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000))
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  /** processor time of the thread, in microseconds */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** Files and folders of this machine, dropped onto the middle of the window by the browser itself. */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize()!
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data })
  }
  await session.detach()
}

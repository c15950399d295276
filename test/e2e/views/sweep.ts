import { expect, test } from 'vitest'
import { checkAccessible, goTo, screenshot, troubles } from '../page.ts'
import type { Window } from '../views.test.ts'

const patient = 300_000

export function sweepTests(get: () => Window): void {
  test(
    'Sweep: settings are tried, the best is named, paused and gone on with; table and plot show one another',
    async () => {
      const { page } = get()
      page.setDefaultTimeout(90_000)
      await goTo(page, 'Train')
      const form = page.getByRole('complementary', { name: 'What to train' })
      await form.getByText('A sweep').click()
      await form.getByRole('checkbox', { name: 'Variational autoencoder' }).uncheck()
      await form.getByRole('button', { name: 'Do not try Learning rate' }).click()
      const values = form.getByRole('textbox', { name: 'Values' })
      await values.fill('4..')
      await form.getByText('expected low..high').or(form.getByText('1 trial of')).waitFor()
      await values.fill('4, 8, 32')
      await form.getByText('3 trials of 2 epochs').waitFor()
      for (const [name, epochs] of [
        ['First', '1'],
        ['Best', '3'],
      ] as const) {
        const field = form.getByRole('textbox', { name: `${name}, number` })
        await field.fill(epochs)
        await field.press('Enter')
      }
      await form.getByText('3 trials of 1 epoch; the best of each 3 go on to 3.').waitFor()
      await form.getByRole('button', { name: 'Start the sweep' }).click()

      const view = page.getByRole('main')
      await view.getByRole('heading', { name: 'sweep-1' }).waitFor()
      const table = view.getByRole('table', { name: 'Trials of sweep-1' })
      await expect.poll(() => table.getByRole('row').count(), { timeout: 60_000 }).toBe(4)
      await view.getByText(/[12] of 3 trials judged/).waitFor()
      await view.getByRole('button', { name: 'Pause' }).click()
      await view.getByText(/^paused: /).waitFor()
      await view.getByRole('button', { name: 'Go on' }).click()
      await view.getByText('done: 3 of 3 trials judged').waitFor()
      const best = view.getByText(/^Best by validation: sweep-1-\d/)
      await best.waitFor()

      // The first row is the best; sorted by code it is 4, and the other way 32.
      const cell = (row: number, column: number) =>
        table.getByRole('row').nth(row).getByRole('cell').nth(column)
      await expect.poll(() => cell(1, 3).textContent()).toContain('best, finished')
      const code = table.getByRole('columnheader', { name: 'Numbers in the code' })
      await code.getByRole('button').click()
      await expect.poll(() => cell(1, 0).textContent()).toBe('4')
      await code.getByRole('button').click()
      await expect.poll(() => cell(1, 0).textContent()).toBe('32')
      expect(await code.getAttribute('aria-sort')).toBe('descending')

      // By the keyboard: the lower end of the code's axis up by a value leaves two trials, twice leaves one.
      const from = view.getByRole('slider', { name: 'Numbers in the code, from' })
      await from.focus()
      await from.press('ArrowUp')
      await view.getByText('2 trials of 3 within what is marked').waitFor()
      await from.press('ArrowUp')
      await view.getByText('1 trial of 3 within what is marked').waitFor()
      await expect.poll(() => table.locator('tr.out').count()).toBe(2)
      expect(await from.getAttribute('aria-valuetext')).toBe('32')
      await checkAccessible(page)
      await from.press('Escape')
      await view.getByText('within what is marked').waitFor({ state: 'detached' })

      // A row that is pointed at shows its line, a line its row; by the pointer an axis is brushed, too.
      await table.getByRole('button', { name: 'sweep-1-2' }).hover()
      await expect.poll(() => view.locator('path.highlighted').count()).toBe(1)
      const axis = (await from.boundingBox())!
      const x = axis.x + axis.width / 2
      await page.mouse.move(x, axis.y - 4)
      await page.mouse.down()
      await page.mouse.move(x, axis.y - 60, { steps: 4 })
      await page.mouse.up()
      await view.getByText(/\d trials? of 3 within/).waitFor()
      await screenshot(page, 'sweep')
      await from.focus()
      await from.press('Escape')

      // A trial is a run; it leads back to its sweep. A sweep can be forgotten; the single runs stay.
      await table.getByRole('button', { name: 'sweep-1-2' }).click()
      await view.getByRole('button', { name: 'Trial of sweep-1' }).click()
      await view.getByRole('button', { name: 'Forget' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click()
      await view.getByRole('heading', { name: 'sweep-1' }).waitFor({ state: 'detached' })
      await form.getByText('One run').click()
      expect(troubles(page)).toEqual([])
    },
    patient,
  )
}

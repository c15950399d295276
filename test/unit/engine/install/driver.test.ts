import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseVariant } from '../../../../main/engine/install/driver.ts'
import { temporaryFolder } from '../../../fixtures/engine/fake-python.ts'

// Both forms that NVIDIA's kernel modules write, proprietary and open.
const versions = [
  'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024',
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (dvs-builder)',
]

test('the driver decides, unless HOURGLASS_DEVICE does', async () => {
  const folder = temporaryFolder()
  const files = [join(folder, 'version'), join(folder, 'nvidia0')]
  const without = { variant: 'cpu', reason: 'no NVIDIA driver found' }
  expect(await chooseVariant('', files)).toEqual(without)
  expect(await chooseVariant('auto', files)).toEqual(without)
  expect(await chooseVariant('cuda', files)).toMatchObject({ variant: 'cuda', reason: /asks for it/ })
  writeFileSync(join(folder, 'nvidia0'), '')
  expect(await chooseVariant('', files)).toEqual({ variant: 'cuda', reason: 'NVIDIA driver unknown found' })
  expect(await chooseVariant('cpu', files)).toMatchObject({ variant: 'cpu', reason: /asks for it/ })
})

test.each([
  [versions[0], '550.54.15'],
  [versions[1], '570.124.06'],
])('%s', async (text, version) => {
  const path = join(temporaryFolder(), 'version')
  writeFileSync(path, `${text}\nGCC version:  gcc version 12.2.0\n`)
  expect((await chooseVariant('', [path])).reason).toBe(`NVIDIA driver ${version} found`)
})

test('another word in HOURGLASS_DEVICE is refused', async () => {
  await expect(chooseVariant('gpu', [])).rejects.toMatchObject({
    code: 'bad-input',
    message: "HOURGLASS_DEVICE is 'gpu': expected cuda, cpu or auto.",
  })
})

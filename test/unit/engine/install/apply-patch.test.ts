import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyPatch } from '../../../../main/engine/install/apply-patch.ts'
import { tfjsFolder } from '../../../../main/engine/install/binding.ts'

const patch = `Why this patch exists.

--- a/one.txt
+++ b/one.txt
@@ -1,3 +1,4 @@
 first
-second
+2nd
+2nd and a half
 third
@@ -5,2 +6,1 @@ a heading
 fifth
-sixth
`
const one = 'first\nsecond\nthird\nfourth\nfifth\nsixth\n'

test('hunks replace, add and remove lines; other files stay', () => {
  const files = applyPatch(
    new Map([
      ['one.txt', one],
      ['two.txt', 'left alone'],
    ]),
    patch,
  )
  expect(files.get('one.txt')).toBe('first\n2nd\n2nd and a half\nthird\nfourth\nfifth\n')
  expect(files.get('two.txt')).toBe('left alone')
})

test('a patch that does not fit is refused by file and line', () => {
  expect(() => applyPatch(new Map([['one.txt', one.replace('sixth', '6th')]]), patch)).toThrow(
    "one.txt: line 6 should be 'sixth', but is '6th'",
  )
  expect(() => applyPatch(new Map(), patch)).toThrow('one.txt, which is not there')
  expect(() => applyPatch(new Map([['one.txt', one]]), patch.slice(0, -8))).toThrow('cut short')
})

test("the binding's patch fits the package's sources", () => {
  const folder = join(tfjsFolder, 'binding')
  const sources = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  )
  const text = readFileSync(
    join(import.meta.dirname, '../../../../main/engine/install/binding.patch'),
    'utf8',
  )
  const patched = applyPatch(sources, text)
  expect(patched.get('tfjs_binding.cc')).toContain('"addFunctionDef"')
  expect(patched.get('tfjs_backend.cc')).toContain('TFE_ContextRemoveFunction')
})

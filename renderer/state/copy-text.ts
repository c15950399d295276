/**
 * Puts text into the clipboard. A page that came over plain HTTP from another machine has no Clipboard API: there the
 * older way serves.
 * @throws Error where the browser refuses
 */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  // Within what has the focus: a dialog lets it go nowhere else.
  const place = document.activeElement?.closest('[role=dialog]') ?? document.body
  place.append(field)
  field.select()
  const isDone = document.execCommand('copy')
  field.remove()
  if (!isDone)
    throw new Error('The browser does not let this page copy. Select the text and copy it by hand.')
}

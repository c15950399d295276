import type { UrlError } from '../../../shared/contract/pixels.ts'

/** Numbers as the core gives them by URL. @throws Error with the core's words and code */
export async function arrayAt<Numbers>(
  type: new (bytes: ArrayBuffer) => Numbers,
  url: string,
): Promise<Numbers> {
  const answer = await fetch(url)
  if (answer.ok) return new type(await answer.arrayBuffer())
  const { error } = (await answer.json()) as UrlError
  throw Object.assign(new Error(error.message), { code: error.code })
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

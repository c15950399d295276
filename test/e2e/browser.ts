import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's Chromium, or undefined: then the tests in it are skipped, and say so. */
export const chromiumPath = process.env.HOURGLASS_CHROMIUM ?? places.find((place) => existsSync(place))

export const noChromium =
  'no Chromium here: install Debian`s package chromium, or name one in HOURGLASS_CHROMIUM'

/** Draws without a graphics processor, so that pictures are the same everywhere. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--force-color-profile=srgb',
    ],
  })
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's Chromium, or undefined: then the tests in it are skipped, and say so. */
export const chromiumPath = process.env.HOURGLASS_CHROMIUM ?? places.find((place) => existsSync(place))

export const noChromium =
  'no Chromium here: install Debian`s package chromium, or name one in HOURGLASS_CHROMIUM'

/** Parameters that draw the window in the graphics process, as where there is a graphics processor. */
export const inGraphicsProcess = ['--use-angle=swiftshader']

/** Draws as it does where there is no graphics processor, so that pictures are the same everywhere. */
export function launchChromium(parameters: readonly string[] = []): Promise<Browser> {
  const always = ['--no-sandbox', '--enable-unsafe-swiftshader', '--force-color-profile=srgb']
  return chromium.launch({ executablePath: chromiumPath!, args: [...always, ...parameters] })
}

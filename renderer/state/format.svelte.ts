import { settings } from './settings.svelte.ts'

/** Numbers for people, each with its unit. The units follow the settings. */

/** What sizes of files are told in, from bytes up, each so many times the one before. */
function byteUnits() {
  return settings.values.units.bytes === 'binary'
    ? { base: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB'] }
    : { base: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB'] }
}

/** A thousand bytes, or 1024. */
export function kilobyte(): { readonly unit: string; readonly bytes: number } {
  const { base, names } = byteUnits()
  return { unit: names[1]!, bytes: base }
}

/** @param value bytes */
export function bytes(value: number): string {
  const { base, names } = byteUnits()
  let unit = 0
  let rest = value
  while (rest >= base && unit < names.length - 1) {
    rest /= base
    unit++
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${names[unit]}`
}

export function decibels(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)} dB` : 'identical'
}

/** What rates are told in, and how many of these a bit per pixel is. */
export function rateUnit(): { readonly unit: string; readonly perBit: number } {
  return settings.values.units.bitsPerPixel ? { unit: 'bpp', perBit: 1 } : { unit: 'kB/MP', perBit: 125 }
}

export function rate(bitsPerPixel: number): string {
  const { unit, perBit } = rateUnit()
  return `${(bitsPerPixel * perBit).toFixed(perBit === 1 ? 3 : 1)} ${unit}`
}

/** What noise is told in, and how many of these a level of 255 is. */
export function noiseUnit(): { readonly unit: string; readonly perLevel: number } {
  return settings.values.units.noise === 'percent'
    ? { unit: '%', perLevel: 100 / 255 }
    : { unit: '/ 255', perLevel: 1 }
}

/**
 * @param sigma255 a standard deviation in levels of 255
 * @param digits behind the point; left out: as many as make sense
 */
export function noiseLevel(sigma255: number, digits?: number): string {
  return `${noiseNumber(sigma255, digits)} ${noiseUnit().unit}`
}

/** The same without its unit, for the first of a range. */
export function noiseNumber(sigma255: number, digits?: number): string {
  const value = sigma255 * noiseUnit().perLevel
  return value.toFixed(digits ?? (value < 20 ? 1 : 0))
}

export function megapixels(width: number, height: number): string {
  const value = (width * height) / 1e6
  if (value < 0.05) return `${(width * height).toLocaleString('en')} pixels`
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} MP`
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** "-85 %", or "+4 %" where it grew */
export function saved(share: number): string {
  const value = Math.round(-share * 100)
  return `${value > 0 ? '+' : value < 0 ? '\u2212' : ''}${Math.abs(value)} %`
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`
}

/** A time that is left or was taken, in its two largest useful parts. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  const hours = Math.floor(seconds / 3600)
  return hours < 48 ? `${hours} h ${Math.round((seconds % 3600) / 60)} min` : `${Math.round(hours / 24)} days`
}

export function date(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
}

export function exposure(seconds: number): string {
  return seconds >= 0.3 ? `${Number(seconds.toFixed(1))} s` : `1/${Math.round(1 / seconds)} s`
}

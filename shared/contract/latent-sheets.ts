/** PNG of `sheetImages` items as the model sees them, `sheetAcross` in a row. */
export const sheetUrl = (key: string, page: number): string => `/latents/${key}/sheet-${page}`
export const sheetAcross = 32
export const sheetImages = 1024

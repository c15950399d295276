/** Colours that most eyes tell apart (Okabe and Ito, 2008), then lighter ones. */
export const groupColours = [
  ...[
    '#e69f00',
    '#56b4e9',
    '#009e73',
    '#f0e442',
    '#4f8fd6',
    '#d55e00',
    '#cc79a7',
    '#bbbbbb',
    '#ff9da7',
    '#8cd17d',
  ],
  ...['#b58d6f', '#b6992d'],
] as const

/** From little to much (viridis but for its darkest part): lightness grows evenly. */
export const rampColours = [
  ...['#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'],
] as const

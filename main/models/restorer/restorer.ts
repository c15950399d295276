import { denoiser } from '../denoiser/denoiser.ts'

/**
 * The denoiser's network, told which pixels are lost in place of how strong the noise is: its level map is 1 there and 0
 * elsewhere, its picture is filled smoothly there (`pushPull`), and what it finds is by how much that is wrong.
 */
export const restorer: typeof denoiser = { ...denoiser, id: 'restorer' }

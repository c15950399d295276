import sharp from 'sharp'

// Its cache would hold decoded pixels and open files beyond their use, and serve a file that has been replaced.
sharp.cache(false)

export { sharp }

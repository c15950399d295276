import { camera } from './recipes/camera.ts'
import { denoise } from './recipes/denoise.ts'
import { neighbours } from './recipes/neighbours.ts'
import { plain } from './recipes/plain.ts'
import { restore } from './recipes/restore.ts'

/** Every recipe by its name; a name never changes its meaning, runs that go on rely on it. */
export const recipes = { plain, denoise, camera, neighbours, restore } as const

export type RecipeName = keyof typeof recipes
export type RecipeParameters<Name extends RecipeName> = (typeof recipes)[Name]['defaults']
export type RecipeArrays<Name extends RecipeName> = ReturnType<(typeof recipes)[Name]['make']>

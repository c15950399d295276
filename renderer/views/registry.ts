import Models from '@lucide/svelte/icons/boxes'
import Train from '@lucide/svelte/icons/dumbbell'
import Learn from '@lucide/svelte/icons/graduation-cap'
import Grid from '@lucide/svelte/icons/layout-grid'
import Jobs from '@lucide/svelte/icons/list-checks'
import Latents from '@lucide/svelte/icons/orbit'
import Settings from '@lucide/svelte/icons/settings-2'
import Compress from '@lucide/svelte/icons/shrink'
import Grain from '@lucide/svelte/icons/sparkle'
import Doctor from '@lucide/svelte/icons/stethoscope'
import Denoise from '@lucide/svelte/icons/wand-sparkles'
import type { Component } from 'svelte'

/** One place of the rail. Adding a view is adding a line: everything else follows from this list. */
const list = [
  view('library', 'Library', Grid, 'top', () => import('./library/Library.svelte')),
  view('noise', 'Noise', Grain, 'top', () => import('./noise/Noise.svelte')),
  view('denoise', 'Denoise', Denoise, 'top', () => import('./denoise/Denoise.svelte')),
  view('compress', 'Compress', Compress, 'top', () => import('./compress/Compress.svelte')),
  view('train', 'Train', Train, 'top', () => import('./train/Train.svelte')),
  view('latents', 'Latents', Latents, 'top', () => import('./latents/Latents.svelte')),
  view('models', 'Models', Models, 'top', () => import('./models/Models.svelte')),
  view('jobs', 'Jobs', Jobs, 'top', () => import('./jobs/Jobs.svelte')),
  view('learn', 'Learn', Learn, 'foot', () => import('./learn/Learn.svelte')),
  view('settings', 'Settings', Settings, 'foot', () => import('./settings/Settings.svelte')),
  view('doctor', 'Doctor', Doctor, 'foot', () => import('./doctor/Doctor.svelte')),
] as const

export type ViewId = (typeof list)[number]['id']

export interface View {
  readonly id: ViewId
  readonly title: string
  readonly icon: Component
  readonly place: 'top' | 'foot'
  readonly load: () => Promise<{ default: Component }>
}

export const views: readonly View[] = list

export function findView(id: string): View | undefined {
  return views.find((one) => one.id === id)
}

function view<const Id extends string>(
  id: Id,
  title: string,
  icon: unknown,
  place: 'top' | 'foot',
  load: () => Promise<{ default: Component }>,
) {
  return { id, title, icon: icon as Component, place, load }
}

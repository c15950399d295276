import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The window's files: `npm run build:renderer` writes them to `out/renderer`, for Electron and for browsers alike. */
export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [svelte({ configFile: join(import.meta.dirname, 'renderer', 'svelte.config.js') })],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: process.env.HOURGLASS_TARGET ?? 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  worker: { format: 'es' },
})

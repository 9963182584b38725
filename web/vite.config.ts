/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Two bundles from one frame: what a citizen's phone loads never contains the clerk's screens.
 * `--mode stories` builds the gallery instead, in which the browser tests meet every screen and state.
 */
export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome111', 'firefox119', 'safari16.4'],
    outDir: mode === 'stories' ? 'artefacts/gallery' : 'dist',
    emptyOutDir: true,
    // Nothing inline: the content security policy allows neither inline scripts nor data: images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rolldownOptions: {
      input:
        mode === 'stories'
          ? { gallery: page('gallery.html') }
          : { citizen: page('index.html'), staff: page('staff.html') },
    },
  },
  server: {
    proxy: {
      '/graphql': 'http://127.0.0.1:8080',
      '^/log/(checkpoint|tile|receipt)': 'http://127.0.0.1:8080',
      '/files': 'http://127.0.0.1:8080',
      '/config.json': 'http://127.0.0.1:8080',
      '/demo': 'http://127.0.0.1:8080',
    },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/test-setup.ts'] },
}))

// Builds the page into dist/, for the path /console/ of remote-rel serve.
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/console/',
  esbuild: { jsx: 'automatic' },
  build: {
    target: 'es2022',
    // GraphiQL and its editor are one piece, loaded with the page API alone
    chunkSizeWarningLimit: 2000,
    // the policy of server/serve/console.c allows no scripts in the page
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      // "use client" of libraries says something to servers that render; there is none
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning)
    }
  }
})

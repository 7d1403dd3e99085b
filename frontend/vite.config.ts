import { defineConfig } from "vite";
import { embeddedFonts } from "./fonts/plugin.ts";

// One ES module and nothing beside it: a notebook loads the page from a blob, where siblings cannot be found.
export default defineConfig({
  plugins: [embeddedFonts()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/thalweg/lab/static",
    emptyOutDir: false,
    target: "es2022",
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "lab.js" },
    rolldownOptions: { output: { codeSplitting: false } },
  },
});

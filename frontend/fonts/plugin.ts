// Vite plugin: the page's fonts, cut down to the letters it uses, as one virtual module `virtual:fonts`.
// Not here: registering them with the document (src/drawing/fonts.ts).
/// <reference types="node" />
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subsetFont from "subset-font";
import type { Plugin } from "vite";
import { type FontSource, fontSources } from "./sources.ts";

const name = "virtual:fonts";
const require = createRequire(import.meta.url);

async function embed(source: FontSource): Promise<object> {
  const file = await readFile(require.resolve(source.file));
  const subset = await subsetFont(file, source.letters, {
    targetFormat: "woff2",
    noHinting: true,
    ...(source.features && { keepFeatures: source.features }),
    ...(source.axes && { variationAxes: source.axes }),
  });
  return { ...source.face, data: subset.toString("base64") };
}

export function embeddedFonts(): Plugin {
  return {
    name: "embedded-fonts",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    async load(id) {
      if (id !== `\0${name}`) return null;
      return `export default ${JSON.stringify(await Promise.all(fontSources.map(embed)))};`;
    },
  };
}

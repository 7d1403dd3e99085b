// Registers the page's embedded fonts with the document: a shadow root cannot declare fonts of its own, and canvases
// look for them there.  They come from memory, so no policy on where fonts may be loaded from concerns them.
import embedded from "virtual:fonts";

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** Resolves once the fonts can be drawn with; several pages in one document share them. */
export async function registerFonts(fonts: FontFaceSet = document.fonts): Promise<void> {
  const known = new Set([...fonts].map((face) => face.family.replace(/["']/g, "")));
  const added = embedded
    .filter(({ family }) => !known.has(family))
    .map(({ family, data, ...descriptors }) => new FontFace(family, bytesOf(data), descriptors));
  for (const face of added) fonts.add(face);
  await Promise.all([...fonts].filter((face) => face.family.includes("Thalweg")).map((face) => face.load()));
}

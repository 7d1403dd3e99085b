// Which fonts, and which of their letters.  All are under the SIL Open Font License.

export interface FontSource {
  file: string;
  letters: string;
  features?: string[];
  axes?: Record<string, number | { min: number; max: number }>;
  face: { family: string; weight?: string; style?: string };
}

function range(first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");
}

const ascii = range(0x20, 0x7e);
const latin = ascii + range(0xa0, 0xff);
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉";
const signs = "–—‘’“”…•→←↑↓↗↘−×÷±≤≥≠≈∞√∂·";
const greek = `${range(0x3b1, 0x3c9)}ΓΔΘΛΞΠΣΦΨΩϕϵϑ`;
const mathItalic = `${range(0x1d434, 0x1d467)}ℎ${range(0x1d6fc, 0x1d71b)}${range(0x1d6e2, 0x1d6fa)}`;
const mathSigns = `−×·‖∇∂√∑∏∫∞≤≥⋅⟨⟩⌈⌉⌊⌋±′→∗${superscripts}`;

export const fontSources: FontSource[] = [
  {
    file: "inter-ui/variable/InterVariable.woff2",
    letters: latin + superscripts + signs,
    features: ["tnum", "kern", "ss03", "cv11", "calt", "mark", "mkmk", "ccmp"],
    axes: { opsz: 14, wght: { min: 400, max: 650 } },
    face: { family: "Thalweg Inter", weight: "400 650" },
  },
  {
    file: "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2",
    letters: ascii + greek + mathItalic + mathSigns,
    face: { family: "Thalweg Math" },
  },
  {
    file: "@fontsource/stix-two-text/files/stix-two-text-latin-400-italic.woff2",
    letters: ascii,
    features: ["kern", "liga"],
    face: { family: "Thalweg STIX", style: "italic" },
  },
  {
    file: "@fontsource/stix-two-text/files/stix-two-text-greek-400-italic.woff2",
    letters: greek,
    features: ["kern"],
    face: { family: "Thalweg STIX Greek", style: "italic" },
  },
  {
    file: "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2",
    letters: `${ascii}·−×`,
    features: ["kern"],
    face: { family: "Thalweg Mono" },
  },
  {
    file: "@fontsource/jetbrains-mono/files/jetbrains-mono-greek-400-normal.woff2",
    letters: greek,
    features: ["kern"],
    face: { family: "Thalweg Mono Greek" },
  },
];

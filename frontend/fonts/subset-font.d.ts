// The one function of subset-font that is used; the package ships no types.
declare module "subset-font" {
  export default function subsetFont(
    font: Uint8Array,
    letters: string,
    options?: {
      targetFormat?: "woff2" | "woff" | "truetype";
      noHinting?: boolean;
      keepFeatures?: string[];
      variationAxes?: Record<string, number | { min: number; max: number }>;
    },
  ): Promise<Buffer>;
}

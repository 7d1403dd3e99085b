// Modules that the build makes (fonts/plugin.ts).
declare module "virtual:fonts" {
  const fonts: { family: string; weight?: string; style?: string; data: string }[];
  export default fonts;
}

declare module "*.css";
declare module "*.module.css" {
  const classes: Readonly<Record<string, string>>;
  // biome-ignore lint/style/noDefaultExport: a CSS module has no other export.
  export default classes;
}
declare module "*.geojson" {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: a bundled file has no other export.
  export default address;
}

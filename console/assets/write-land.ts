import { deriveLand } from "./derive-land.ts";

// Run by hand after a change of derive-land.ts or of world-atlas; a test holds the committed file to what this writes.
const topology = await Bun.file(Bun.resolveSync("world-atlas/land-50m.json", import.meta.dir)).json();
await Bun.write(new URL("./land.geojson", import.meta.url), `${JSON.stringify(deriveLand(topology))}\n`);

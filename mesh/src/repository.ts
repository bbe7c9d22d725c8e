import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout, whatever directory the command was called from. */
export const repositoryRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What the commands bring or keep; never committed. */
export const dozorHome = join(repositoryRoot, ".dozor");

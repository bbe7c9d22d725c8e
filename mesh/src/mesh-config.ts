import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { YAML } from "bun";

export type MeshConfigOptions = {
  dataDir: string;
  onecUrl: string;
  konturFocusUrl: string;
  xkeeperUrl: string;
  /** Left out, nothing is sent to anybody. */
  receiverUrl?: string;
  /** Which of the two ways 1C is read by. */
  onecAdapter: "1c-http" | "1c-odata";
  /** How often the services poll by themselves, for example "5m". */
  every: string;
};

/** Writes the configuration file of a mesh that talks to the simulators and returns its path. */
export function writeMeshConfig(options: MeshConfigOptions): string {
  const { dataDir, onecUrl, konturFocusUrl, xkeeperUrl, receiverUrl, onecAdapter, every } = options;
  const path = onecAdapter === "1c-http" ? "hs/dozor/v1" : "odata/standard.odata";
  const config = {
    registry: {
      sources: [
        {
          name: "1c",
          adapter: onecAdapter,
          baseUrl: `${onecUrl}/leasing/${path}`,
          username: "Дозор",
          password: "dozor",
          every,
        },
      ],
      kontur: { baseUrl: konturFocusUrl, key: "dozor-focus-key", every },
      ...(receiverUrl === undefined ? {} : receiving(receiverUrl)),
    },
    tracking: {
      providers: [{ name: "x-keeper", adapter: "x-keeper", baseUrl: xkeeperUrl, token: "dozor-xkeeper-token", every }],
    },
  };
  const file = join(dataDir, "dozor.yaml");
  writeFileSync(file, YAML.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

/** Counterparties only: sending every asset of a large world would measure the receiver. */
function receiving(url: string) {
  const secret = "dozor-receiver-secret";
  return {
    receivers: [{ name: "risk-portal", url: `${url}/objects`, secret, objects: ["counterparty"], timeout: "5s" }],
    notices: { webhook: { url: `${url}/notices`, secret } },
  };
}

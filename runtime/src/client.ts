import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { TlsFiles } from "./server.ts";

export type GrpcClientOptions = {
  baseUrl: string;
  token: () => Promise<string> | string;
  timeoutMs?: number;
  attemptsMax?: number;
  tls?: TlsFiles;
};
export function createGrpcClient<S extends DescService>(_service: S, _options: GrpcClientOptions): Client<S> {
  throw new Error("not built yet");
}

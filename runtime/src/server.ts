import type { DescService } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Role, Verifier } from "./auth.ts";
import type { Log } from "./log.ts";

/** The roles which may call each method; a method left out is a compile error, an empty list means nobody. */
export type Access<S extends DescService> = { readonly [M in keyof S["method"]]: readonly Role[] };
export type Route = {
  service: DescService;
  implementation: Partial<ServiceImpl<DescService>>;
  access: Readonly<Record<string, readonly Role[]>>;
};
export function route<S extends DescService>(service: S, implementation: ServiceImpl<S>, access: Access<S>): Route {
  return { service, implementation: implementation as Partial<ServiceImpl<DescService>>, access };
}
export type TlsFiles = { caFile: string; certFile: string; keyFile: string };
export type ServerOptions = {
  host?: string;
  grpcPort: number;
  httpPort: number;
  routes: readonly Route[];
  verifier: Verifier;
  log: Log;
  isReady: () => boolean;
  reflection?: boolean;
  allowedOrigins?: readonly string[];
  requestBytesMax?: number;
  timeoutMsMax?: number;
  tls?: TlsFiles;
  extraHttp?: (request: Request) => Response | Promise<Response> | undefined;
};
export type Server = AsyncDisposable & { grpcUrl: string; httpUrl: string; stop(): Promise<void> };
export async function startServer(_options: ServerOptions): Promise<Server> {
  throw new Error("not built yet");
}

import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { currentSession, endSession } from "./session.ts";

export type ServiceName = "registry" | "tracking" | "monitoring";

const unaryTimeoutMs = 20_000;

const asPerson: Interceptor = (next) => async (request) => {
  const session = currentSession();
  if (session) request.header.set("Authorization", `Bearer ${session.token}`);
  try {
    return await next(request);
  } catch (error) {
    // The token is stale or from another mesh: the router shows the sign-in page as soon as the session is gone.
    if (ConnectError.from(error).code === Code.Unauthenticated) endSession();
    throw error;
  }
};

const connectTo = (baseUrl: string): Transport =>
  createConnectTransport({ baseUrl, defaultTimeoutMs: unaryTimeoutMs, interceptors: [asPerson] });

/** Connect over the origin that served the page. */
export const transport = connectTo(location.origin);

/** For the contracts that several services serve: the service is named before the call. */
export const serviceTransports: Record<ServiceName, Transport> = {
  registry: connectTo(`${location.origin}/registry`),
  tracking: connectTo(`${location.origin}/tracking`),
  monitoring: connectTo(`${location.origin}/monitoring`),
};

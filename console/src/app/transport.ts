import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { currentSession, endSession } from "./session.ts";

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

/** Connect over the origin that served the page. */
export const transport = createConnectTransport({
  baseUrl: location.origin,
  defaultTimeoutMs: unaryTimeoutMs,
  interceptors: [asPerson],
});

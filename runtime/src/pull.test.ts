import { expect, test } from "bun:test";
import type { Msg, NatsConnection, SubscriptionOptions } from "nats";
import { openPull } from "./pull.ts";

const spec = { stream: "S", durable: "reader", batchMax: 5 };

/** A connection whose server can be exchanged; what is answered to deliveries is kept. */
function connection() {
  const answers: string[] = [];
  const state = { serverId: "first", isConnected: true };
  let deliver = (_message: Msg) => {};
  const fake = {
    get info() {
      return { server_id: state.serverId };
    },
    isClosed: () => false,
    publish: () => {},
    subscribe(_subject: string, { callback }: SubscriptionOptions) {
      deliver = (message) => callback?.(null, message);
      return { isClosed: () => false, unsubscribe: () => {} };
    },
  };
  // The pull uses no more of a connection than this.
  const nats = {
    connection: fake as unknown as NatsConnection,
    isConnected: () => state.isConnected,
    onReconnect: () => () => {},
  };
  const message = {
    subject: "s.0",
    reply: "$JS.ACK.S.reader.1.7.7.1700000000000000000.0",
    data: new Uint8Array(),
    respond: (text: string) => answers.push(text),
  };
  return { nats, state, answers, deliver: () => deliver(message as unknown as Msg) };
}

test("a delivery is answered on the server that made it", async () => {
  const { nats, answers, deliver } = connection();
  const pull = openPull(nats, spec);
  deliver();
  const [delivery] = await pull.take(AbortSignal.timeout(1_000));
  delivery?.working();
  delivery?.ack();
  expect(answers).toEqual(["+WPI", "+ACK"]);
});

test("a server that was started since is not answered: the number may be another message's there", async () => {
  const { nats, state, answers, deliver } = connection();
  const pull = openPull(nats, spec);
  deliver();
  const [delivery] = await pull.take(AbortSignal.timeout(1_000));
  state.serverId = "second";
  delivery?.ack();
  delivery?.nak(0);
  expect(answers).toEqual([]);
});

test("nothing is answered while the server is away, since the client would keep it for the next one", async () => {
  const { nats, state, answers, deliver } = connection();
  const pull = openPull(nats, spec);
  deliver();
  const [delivery] = await pull.take(AbortSignal.timeout(1_000));
  state.isConnected = false;
  delivery?.ack();
  state.isConnected = true;
  expect(answers).toEqual([]);
});

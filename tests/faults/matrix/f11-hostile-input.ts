import { connect as connectTcp } from "node:net";
import { subject, topics } from "@dozor/proto/streams";
import { eventually } from "@dozor/testkit/eventually";
import { connect, headers } from "nats";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { hostileBatch, hostileBodies, hostileContacts, hostileMessages } from "../harness/hostile-input.ts";
import { type OutsideFault, type OutsideSystem, outsideState, spoil, unspoil } from "../harness/outside-faults.ts";

/** F11: on every edge comes what no decent sender sends. Everything of it is refused or quarantined, visibly, and nobody dies of it. */
export const hostileInput: Fault = {
  id: "F11",
  name: "hostile input",
  bites: [
    "records of 1C in quarantine",
    "answers of 1C refused",
    "answers of X-Keeper",
    "calls refused",
    "connections of noise",
    "messages in dead letters",
  ],
  async inject(run) {
    const { mesh } = run;
    run.heal(() => unspoil(mesh));
    const pids = () =>
      run.supervisor.instances().map((instance) => `${instance.name} ${instance.pid()} ${instance.isRunning()}`);
    const before = pids();
    await hostileSource(run);
    await hostileTrackers(run);
    await hostileCalls(run);
    await noiseOnSockets(run);
    await hostileMessagesInStreams(run);
    const after = pids();
    const died = after.filter((line) => !before.includes(line));
    if (died.length > 0) throw new Error(`hostile input ended processes: ${died.join(", ")}`);
  },
};

const jsonType = "application/json; charset=utf-8";

async function hostileSource(run: FaultRun): Promise<void> {
  const { mesh, random, bite } = run;
  const quarantined = async () => {
    const [row] = await mesh.databases.registry`select count(*)::int as count from quarantine`;
    return row?.count ?? 0;
  };
  const before = await quarantined();
  await answerWith(run, "onec", {
    endpoint: "http.changes",
    status: 200,
    contentType: jsonType,
    body: hostileBatch(random),
  });
  await eventually("hostile records in quarantine", async () => (await quarantined()) > before, {
    deadlineMs: 30_000,
    signal: run.signal,
  });
  bite("records of 1C in quarantine", (await quarantined()) - before);
  for (const { text } of random.shuffled(hostileBodies).slice(0, 4)) {
    await answerWith(run, "onec", { endpoint: "http.changes", status: 200, contentType: jsonType, body: text });
    bite("answers of 1C refused");
  }
}

async function hostileTrackers(run: FaultRun): Promise<void> {
  const { random, bite } = run;
  // A list of devices is believed when it can be read, so only what cannot be read is put in its place.
  const endpoint = random.pick(["devices", "zones"]);
  const answers: OutsideFault[] = [
    { endpoint: "contacts", body: hostileContacts(random, new Date(Date.now() - 60_000)) },
    { endpoint: "contacts", body: random.pick(hostileBodies).text },
    { endpoint, body: random.pick(hostileBodies.filter(({ name }) => name !== "two byte order marks")).text },
  ];
  for (const answer of answers) {
    await answerWith(run, "x-keeper", { ...answer, status: 200, contentType: jsonType });
    bite("answers of X-Keeper");
  }
}

/** The workload polls; the simulator gives this answer once. */
async function answerWith({ mesh, signal }: FaultRun, system: OutsideSystem, fault: OutsideFault): Promise<void> {
  await spoil(mesh, system, fault);
  const isGiven = async () => (await outsideState(mesh, system)).faults.length === 0;
  await eventually(`a call of ${fault.endpoint}`, isGiven, { deadlineMs: 60_000, signal });
}

const methods = {
  registry: [
    "registry.v1.RegistryService/GetAsset",
    "registry.v1.RegistryService/ListAssets",
    "registry.v1.SourceService/PollNow",
  ],
  tracking: ["tracking.v1.ZoneService/CreateZone", "tracking.v1.TrackingService/ListFixes"],
  monitoring: [
    "monitoring.v1.TaskService/ClaimTask",
    "monitoring.v1.IndicatorService/CreateIndicator",
    "monitoring.v1.RunService/StartRun",
  ],
} as const;
const callTypes = ["application/json", "application/proto", "application/grpc-web+proto", "application/connect+json"];

/** By a caller who may call, so that it is the body that is refused and not the person. */
async function hostileCalls({ mesh, random, signal, bite }: FaultRun): Promise<void> {
  const broken: string[] = [];
  for (const [service, names] of Object.entries(methods) as [keyof typeof methods, readonly string[]][]) {
    for (const name of names) {
      const instance = random.pick(mesh.services[service]);
      const type = random.pick(callTypes);
      const body = random.chance(0.5)
        ? random.pick(hostileBodies.slice(1)).text
        : random.pick(hostileMessages(random).slice(1)).bytes;
      const answer = await fetch(`${instance.httpUrl}/dozor.${name}`, {
        method: "POST",
        headers: {
          "content-type": type,
          "connect-protocol-version": "1",
          authorization: `Bearer ${mesh.tokens.meshToken}`,
        },
        body: typeof body === "string" ? body : new Uint8Array(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
      });
      const text = await answer.text();
      if (isOurMistake(answer, text)) {
        broken.push(`${name} with ${type} was answered ${answer.status} ${text.slice(0, 200)}`);
      } else {
        bite("calls refused");
      }
    }
  }
  if (broken.length > 0) throw new Error(`hostile calls were taken for mistakes of our own: ${broken.join("; ")}`);
}

/** A message that cannot be read is "internal" by gRPC's own convention, and the library says then what it could not read. */
function isOurMistake(answer: Response, text: string): boolean {
  if (text.includes("parse binary")) return false;
  return answer.status >= 500 || text.includes('"internal"') || answer.headers.get("grpc-status") === "13";
}

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

async function noiseOnSockets({ mesh, random, signal, bite }: FaultRun): Promise<void> {
  for (const { grpcUrl, httpUrl } of Object.values(mesh.services).flat()) {
    for (const url of [grpcUrl, httpUrl]) {
      const noise = Buffer.from(random.pick(hostileMessages(random).slice(1)).bytes);
      const socket = connectTcp(Number(new URL(url).port), "127.0.0.1");
      const ended = Promise.withResolvers<void>();
      socket.on("error", () => {});
      socket.on("close", () => ended.resolve());
      socket.resume();
      socket.end(Buffer.concat([Buffer.from(random.chance(0.5) ? preface : ""), noise]));
      await eventually("the end of a connection of noise", () => socket.closed || ended.promise.then(() => true), {
        deadlineMs: 30_000,
        signal,
      });
      bite("connections of noise");
    }
  }
}

async function hostileMessagesInStreams({ mesh, random, signal, bite }: FaultRun): Promise<void> {
  const deadCount = async () => {
    let count = 0;
    for (const service of ["tracking", "monitoring"] as const) {
      const [row] = await mesh.databases[service]`select count(*)::int as count from runtime.dead_letter`;
      count += row?.count ?? 0;
    }
    return count;
  };
  const before = await deadCount();
  const connection = await connect({ servers: mesh.nats.url });
  try {
    const stream = connection.jetstream();
    for (const topic of Object.values(topics)) {
      for (const { bytes } of hostileMessages(random)) {
        const sent = headers();
        // With and without the marks of our own messages.
        if (random.chance(0.7))
          sent.set(
            "Dozor-Schema",
            random.pick(["dozor.registry.v1.AssetSnapshot", "dozor.tracking.v1.CheckReply", "x".repeat(5_000)]),
          );
        if (random.chance(0.7))
          sent.set("Nats-Msg-Id", random.pick([crypto.randomUUID(), "not-an-id", "'; drop table runtime.inbox; --"]));
        await stream.publish(subject(mesh.streamNames, topic, random.int(0, 7)), bytes, { headers: sent });
      }
    }
  } finally {
    await connection.close();
  }
  await eventually("dead letters", async () => (await deadCount()) >= before + 10, { deadlineMs: 60_000, signal });
  bite("messages in dead letters", (await deadCount()) - before);
}

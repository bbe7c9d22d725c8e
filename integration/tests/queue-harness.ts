import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { Role } from "@dozor/runtime/auth";
import { createGrpcClient } from "@dozor/runtime/client";
import { silentLog } from "@dozor/runtime/log";
import { startServer } from "@dozor/runtime/server";
import { testDatabase } from "@dozor/testkit/database";
import { testIssuer } from "@dozor/testkit/tokens";
import { fingerprintOf } from "../src/fingerprint.ts";
import { appendInbound, appendOutbound } from "../src/journal.ts";
import { integrationMigrations } from "../src/migrations.ts";
import { deadLetterRoute } from "../src/rpc/dead-letter-route.ts";
import type { Reread } from "../src/rpc/queue/queue-context.ts";
import { queueRoute } from "../src/rpc/queue-route.ts";

export type WrittenMessage = {
  direction?: 1 | 2;
  source?: string;
  objectId?: string;
  requestType?: string;
  entityId?: string;
  state?: 1 | 2 | 3 | 4;
  description?: string;
  dateTime?: Date;
};

export type Queue = Awaited<ReturnType<typeof startQueue>>;

/** The queue over a journal of its own, by real gRPC. What is read again is accepted unless told otherwise. */
export async function startQueue({ reread }: { reread?: Reread } = {}) {
  await using stack = new AsyncDisposableStack();
  const issuer = stack.use(await testIssuer());
  const { database, sql } = stack.use(await testDatabase([integrationMigrations]));
  const route = queueRoute({
    database,
    reread: reread ?? (async () => ""),
  });
  const letters = deadLetterRoute({ database, schemas: [AssetSnapshotSchema] });
  const server = stack.use(
    await startServer({
      grpcPort: 0,
      httpPort: 0,
      routes: [route, letters],
      verifier: issuer.verifier,
      log: silentLog,
      isReady: () => true,
      drainMs: 100,
    }),
  );
  const clientOptions = (role: Role) => ({
    baseUrl: server.grpcUrl,
    token: () => issuer.token(role),
    timeoutMs: 30_000,
  });
  const owned = stack.move();
  return {
    database,
    sql,
    server,
    queue: (role: Role = "integration_admin") => createGrpcClient(IntegrationQueueService, clientOptions(role)),
    deadLetters: (role: Role = "integration_admin") => createGrpcClient(DeadLetterService, clientOptions(role)),
    /** Writes one message into the journal as it stands after what is said of it, and answers its record id. */
    async write(message: WrittenMessage): Promise<string> {
      const { direction = 2, source = "risk-portal", objectId = "A-1", requestType = "asset.changed" } = message;
      const { state = 3, entityId, description = "HTTP 500", dateTime } = message;
      const recordId: string = Bun.randomUUIDv7();
      await database.transaction("write", async (tx) => {
        const said = { recordId, source, objectId, requestType, body: { objectId }, ...(entityId ? { entityId } : {}) };
        if (direction === 1) await appendInbound(tx, [{ ...said, ...(state === 4 ? { error: description } : {}) }]);
        else await appendOutbound(tx, [said]);
        if (dateTime !== undefined)
          await tx`update integration_message set date_time = ${dateTime} where record_id = ${recordId}`;
        // As delivery does it, step by step.
        if (direction === 2 && state > 1)
          await tx`update integration_message set request_state = 2 where record_id = ${recordId}`;
        if (direction === 2 && state > 2)
          await tx`
            update integration_message set request_state = ${state}, description = ${description}, fingerprint = ${fingerprintOf(description)}
            where record_id = ${recordId}`;
      });
      return recordId;
    },
    async stateOf(recordId: string): Promise<number | undefined> {
      const [row] = await sql<{ state: number }[]>`
        select request_state as state from integration_message where record_id = ${recordId}`;
      return row?.state;
    },
    async actions(): Promise<{ action: string; actor: string; reason: string; recordId: string | null }[]> {
      return await sql<{ action: string; actor: string; reason: string; recordId: string | null }[]>`
        select action, actor, reason, record_id as "recordId" from integration_action order by id`;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

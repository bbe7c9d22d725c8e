import { topics } from "@dozor/proto/streams";
import type { ServiceName } from "../ports.ts";
import { journalTellsWhatCame } from "./journal-holds.ts";
import { type Finding, finding, type OracleContext, pagedRows } from "./oracle.ts";

/** `consumer` is the name under which the reader keeps what it processed. */
type Way = { topic: string; from: ServiceName; to: ServiceName; consumer: string };
const ways: readonly Way[] = [
  { topic: topics.asset, from: "registry", to: "monitoring", consumer: "apply-asset-snapshots" },
  { topic: topics.asset, from: "registry", to: "tracking", consumer: "apply-asset-snapshots" },
  { topic: topics.check, from: "monitoring", to: "tracking", consumer: "answer-checks" },
  { topic: topics.facts, from: "tracking", to: "monitoring", consumer: "judge-facts" },
];

/**
 * I10: what came in is saved, unchanged, ignored or in quarantine, and every message that was published was processed by each of its
 * readers, or lies in its dead letters.
 */
export async function nothingVanishes(context: OracleContext): Promise<Finding> {
  const parts = [await recordsAddUp(context), await journalTellsWhatCame(context.databases.registry)];
  for (const way of ways) parts.push(await messagesArrive(context, way));
  return finding(
    parts.reduce((sum, { checked }) => sum + checked, 0),
    parts.flatMap(({ problems }) => problems),
  );
}

async function recordsAddUp({ databases: { registry: sql } }: OracleContext): Promise<Finding> {
  const sources = await sql<{ name: string; received: number; settled: number }[]>`
    select name, received::int as received, (saved + unchanged + quarantined + ignored)::int as settled from source_state
  `;
  const wrong = sources.filter(({ received, settled }) => received !== settled);
  return finding(
    sources.reduce((sum, { received }) => sum + received, 0),
    wrong.map(
      ({ name, received, settled }) => `source ${name}: of ${received} records received, ${settled} are accounted for`,
    ),
  );
}

async function messagesArrive({ databases }: OracleContext, { topic, from, to, consumer }: Way): Promise<Finding> {
  const reader = databases[to];
  const published = pagedRows(databases[from]<{ id: string }[]>`
    select id::text as id from runtime.outbox where topic = ${topic} and published_at is not null order by id
  `);
  const problems: string[] = [];
  let checked = 0;
  let page: string[] = [];
  const look = async () => {
    const lost = await reader<{ id: string }[]>`
      select id from unnest(${page}::text[]) as sent (id)
      where not exists (select from runtime.inbox i where i.consumer = ${consumer} and i.message_id = sent.id::uuid)
        and not exists (select from runtime.dead_letter d where d.consumer = ${consumer} and d.message_id = sent.id)
    `;
    problems.push(...lost.map(({ id }) => `message ${id} of ${from} never reached ${consumer} of ${to}`));
    checked += page.length;
    page = [];
  };
  for await (const { id } of published) {
    page.push(id);
    if (page.length === 1000) await look();
  }
  await look();
  return finding(checked, problems);
}

import type { Tx } from "@dozor/runtime/database";

/** What a repeated request made the first time; undefined for a new one, whose id is taken until the transaction ends. */
export async function findRequest(
  tx: Tx,
  requestId: string,
  method: string,
  subject: string,
): Promise<string | undefined> {
  // Two calls with one id at once: the second waits here and then sees the first one's row.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`request ${requestId}`}, 0))`;
  const [row] = await tx<{ resultId: string }[]>`
    select result_id as "resultId" from request where request_id = ${requestId} and method = ${method} and subject = ${subject}`;
  return row?.resultId;
}

export async function keepRequest(
  tx: Tx,
  requestId: string,
  method: string,
  subject: string,
  resultId: string,
): Promise<void> {
  await tx`
    insert into request (request_id, method, subject, result_id) values (${requestId}, ${method}, ${subject}, ${resultId})
    on conflict (request_id) do nothing`;
}

export async function deleteOldRequests(tx: Tx, before: Date, limit: number): Promise<number> {
  const result = await tx`
    delete from request where request_id in (select request_id from request where created_at < ${before} order by created_at limit ${limit})`;
  return result.count;
}

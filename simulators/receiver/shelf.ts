export interface Kept {
  recordId: string;
  type: string;
  objectId: string;
  version: string;
}

const PAGE = 10_000;

/** What a receiver accepted, in the order in which it did, and the newest state of every object. */
export function makeShelf() {
  const accepted: Kept[] = [];
  const ids = new Set<string>();
  const newest = new Map<string, { data: unknown; versions: string[]; recordIds: string[] }>();
  const notices = new Map<string, unknown>();
  let repeats = 0;
  let noticeRepeats = 0;
  return {
    keep({ data, ...kept }: Kept & { data: unknown }): "accepted" | "repeated" {
      if (ids.has(kept.recordId)) {
        repeats++;
        return "repeated";
      }
      ids.add(kept.recordId);
      accepted.push(kept);
      const known = newest.get(kept.objectId) ?? { data, versions: [], recordIds: [] };
      known.data = data;
      known.versions.push(kept.version);
      known.recordIds.push(kept.recordId);
      newest.set(kept.objectId, known);
      return "accepted";
    },
    keepNotice(id: string, data: unknown): void {
      if (notices.has(id)) noticeRepeats++;
      notices.set(id, data);
    },
    /** One page in the order of acceptance; `next` is where the following one begins, null at the end. */
    accepted(after: number): { accepted: Kept[]; next: number | null } {
      const page = accepted.slice(after, after + PAGE);
      return { accepted: page, next: after + page.length < accepted.length ? after + page.length : null };
    },
    object: (id: string) => newest.get(id) ?? null,
    notices: () => [...notices].map(([id, notice]) => ({ id, notice })),
    counts: () => ({
      acceptedCount: accepted.length,
      objectCount: newest.size,
      repeats,
      noticeCount: notices.size,
      noticeRepeats,
    }),
  };
}

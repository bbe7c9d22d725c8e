import { afterEach } from "bun:test";

export type Item = { type: string; id: string; version: string; deleted: boolean; data: Record<string, unknown> };
export type Acknowledgement = {
  batchId: string;
  accepted: { type: string; id: string; version: string }[];
  rejected: { type: string; id: string; version: string; code: string; text: string }[];
};

export type ScriptedOnec = {
  url: string;
  /** What waits: an item, or the exact text of one. Each answer tells all of it until it is acknowledged. */
  waiting: (Item | string)[];
  acknowledgements: Acknowledgement[];
  /** Answers in place of the true ones, in turn. */
  instead: ((answer: () => Response) => Response | Promise<Response>)[];
  /** Called before an acknowledgement takes effect. */
  beforeAcknowledgement: (acknowledgement: Acknowledgement) => void | Promise<void>;
  /** Answers to acknowledgements that then have no effect, in turn. */
  insteadOfAcknowledgement: (() => Response)[];
  /** Highest number of calls that ran at once. */
  callsAtOnceMax: number;
};

const open: { stop(closeActive: boolean): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop(true);
});

/** The JSON HTTP service of `contracts/1c.md` with exactly the objects a test puts there. */
export function scriptedOnec(): ScriptedOnec {
  let batch = 0;
  let calls = 0;
  const changes = (): Response => {
    if (onec.waiting.length === 0) return new Response(null, { status: 204 });
    batch += 1;
    const items = onec.waiting.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
    return new Response(`\ufeff{"items":[${items.join(",\n")}],"batchId":"b-${batch}","hasMore":false}`);
  };
  const acknowledge = async (request: Request): Promise<Response> => {
    // The body is what our own client wrote.
    const body = (await request.json()) as Acknowledgement;
    await onec.beforeAcknowledgement(body);
    const script = onec.insteadOfAcknowledgement.shift();
    if (script !== undefined) return script();
    onec.acknowledgements.push(body);
    const done = new Set([...body.accepted, ...body.rejected].map(({ id, version }) => `${id} ${version}`));
    onec.waiting = onec.waiting.filter((item) => typeof item === "string" || !done.has(`${item.id} ${item.version}`));
    return Response.json({});
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      calls += 1;
      onec.callsAtOnceMax = Math.max(onec.callsAtOnceMax, calls);
      try {
        if (request.method === "POST") return await acknowledge(request);
        const script = onec.instead.shift();
        return script === undefined ? changes() : await script(changes);
      } finally {
        calls -= 1;
      }
    },
  });
  open.push(server);
  const onec: ScriptedOnec = {
    url: `${server.url.origin}/leasing/hs/dozor/v1`,
    waiting: [],
    acknowledgements: [],
    instead: [],
    beforeAcknowledgement: () => {},
    insteadOfAcknowledgement: [],
    callsAtOnceMax: 0,
  };
  return onec;
}

/** A GUID that is easy to tell from others. */
export const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

const item = (type: string, number: number, version: number, data: Record<string, unknown>): Item => ({
  type,
  id: guid(number),
  version: `v${version}`,
  deleted: data.DeletionMark === true,
  data: {
    Ref_Key: guid(number),
    DataVersion: `v${version}`,
    DeletionMark: false,
    Code: String(number),
    Description: `${type} ${number}`,
    ...data,
  },
});

export const assetItem = (number: number, data: Record<string, unknown> = {}, version = 1) =>
  item("Catalog_ПредметыЛизинга", number, version, {
    Номенклатура_Key: guid(100),
    ДоговорЛизинга_Key: guid(200),
    VIN: "XTA210990Y2765432",
    ГосНомер: "А123ВС77",
    ...data,
  });

export const contractItem = (number: number, data: Record<string, unknown> = {}, version = 1) =>
  item("Catalog_ДоговорыЛизинга", number, version, {
    Номер: `ДЛ-${number}`,
    Дата: "2026-01-10T00:00:00",
    ДатаНачала: "2026-01-15T00:00:00",
    ДатаОкончания: "0001-01-01T00:00:00",
    Статус: "Действует",
    Лизингополучатель_Key: guid(300),
    Лизингодатель_Key: guid(301),
    ...data,
  });

export const nomenclatureItem = (number: number, data: Record<string, unknown> = {}, version = 1) =>
  item("Catalog_Номенклатура", number, version, {
    ВидИмущества: "ЛегковойАвтомобиль",
    ТребуетсяVIN: true,
    ТребуетсяТрекер: true,
    ...data,
  });

export const counterpartyItem = (number: number, data: Record<string, unknown> = {}, version = 1) =>
  item("Catalog_Контрагенты", number, version, {
    НаименованиеПолное: `ООО "Рога ${number}"`,
    ИНН: "7736050003",
    ОГРН: "1027700070518",
    ЮридическоеФизическоеЛицо: "ЮридическоеЛицо",
    ...data,
  });

export const contactItem = (number: number, data: Record<string, unknown> = {}, version = 1) =>
  item("Catalog_КонтактныеЛица", number, version, { Owner_Key: guid(300), Телефон: "+7 495 000-00-00", ...data });

import type { Fault } from "../harness/fault.ts";
import { type Exchange, misbehavingSource, misbehavioursOf } from "../harness/misbehaving-source.ts";

const note =
  "latency of 30 s shortened to 5 s, a hang ends with its connection after a lease term; order is always mixed and repeats are common in this source";

const httpService: Exchange = {
  read: "http.changes",
  acknowledge: "http.ack",
  strangersPath: "hs/dozor/v1/changes?limit=1",
};

/** F10: simulated 1C, read by its HTTP service, does all that a base under load, a proxy in front of it or a broken extension does. */
export const sourceMisbehaves: Fault = {
  id: "F10",
  name: "source misbehaves, by its HTTP service",
  note,
  ...misbehavingSource(httpService, misbehavioursOf(httpService)),
};

const exchangePlan: Exchange = {
  read: "odata.select",
  acknowledge: "odata.notify",
  strangersPath: "odata/standard.odata/Catalog_Контрагенты?$top=1",
};

/** F10: the same of the exchange plan of the standard interface, which is told of whole messages; its list of nodes fails too. */
export const exchangePlanMisbehaves: Fault = {
  id: "F10",
  name: "source misbehaves, by its exchange plan",
  note,
  mesh: { onecAdapter: "1c-odata" },
  ...misbehavingSource(exchangePlan, [
    ...misbehavioursOf(exchangePlan),
    {
      name: "list of nodes fails",
      faults: ({ random }) => [
        random.pick([
          { endpoint: "odata.node", status: 500 },
          { endpoint: "odata.node", htmlPage200: true },
          { endpoint: "odata.node", cutAfterBytes: 100 },
        ]),
      ],
    },
  ]),
};

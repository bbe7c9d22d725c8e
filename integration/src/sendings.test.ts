import { expect, test } from "bun:test";
import { type Claim, openSendings } from "./sendings.ts";
import type { Settlement } from "./store/delivery.ts";

/** Messages "portal 1", "portal 2" and so on, whose sending ends when the test says so. */
function sendingsOf(inFlightMax: number) {
  let nowMs = 0;
  const sent: string[] = [];
  const ends = new Map<string, () => void>();
  const sendings = openSendings(
    ({ message }, signal) => {
      sent.push(message.recordId);
      return new Promise((resolve, reject) => {
        // Nothing of a settlement but whose it is matters here.
        ends.set(message.recordId, () => resolve({ message } as Settlement));
        signal.addEventListener("abort", () => reject(new Error("given up")));
      });
    },
    inFlightMax,
    () => nowMs,
  );
  return {
    sendings,
    sent,
    pass(ms: number) {
      nowMs += ms;
    },
    async end(recordId: string) {
      ends.get(recordId)?.();
      await sendings.somethingEnded();
    },
    takenIds() {
      const { ended, unsent } = sendings.take();
      return {
        ended: ended.map(({ message }) => message.recordId),
        unsent: unsent.map(({ message }) => message.recordId),
      };
    },
  };
}

function claims(source: string, parallelMax: number, ...numbers: number[]): Claim[] {
  const sender: Claim["sender"] = {
    source,
    parallelMax,
    isNoticed: false,
    send: () => Promise.reject(new Error("unused")),
  };
  const at = { objectId: "", requestType: "", body: {}, writtenAt: new Date(0), attempts: 1, number: 1, failures: 0 };
  return numbers.map((number) => ({ sender, message: { recordId: `${source} ${number}`, source, ...at } }));
}

test("a queue has no more on its way than it allows, and the next begins when one ended", async () => {
  const { sendings, sent, end, takenIds } = sendingsOf(8);
  sendings.add(claims("portal", 2, 1, 2, 3, 4));
  expect(sent).toEqual(["portal 1", "portal 2"]);
  expect(sendings.count("portal")).toBe(4);
  await end("portal 2");
  expect(sent).toEqual(["portal 1", "portal 2", "portal 3"]);
  expect(takenIds()).toEqual({ ended: ["portal 2"], unsent: [] });
  expect(sendings.count()).toBe(3);
});

test("all queues together have no more on their way than is allowed in all", () => {
  const { sendings, sent } = sendingsOf(3);
  sendings.add([...claims("portal", 2, 1, 2, 3), ...claims("archive", 2, 1, 2)]);
  expect(sent).toEqual(["portal 1", "portal 2", "archive 1"]);
});

test("what waited too long to be begun is not sent any more", async () => {
  const { sendings, sent, end, pass, takenIds } = sendingsOf(8);
  sendings.add(claims("portal", 1, 1, 2));
  pass(501);
  sendings.add(claims("portal", 1, 3));
  await end("portal 1");
  expect(sent).toEqual(["portal 1", "portal 3"]);
  expect(takenIds()).toEqual({ ended: ["portal 1"], unsent: ["portal 2"] });
});

test("stopping begins nothing more and gives up what does not end in time", async () => {
  const { sendings, sent, takenIds } = sendingsOf(8);
  sendings.add(claims("portal", 1, 1, 2));
  await sendings.stop(1);
  expect(sent).toEqual(["portal 1"]);
  expect(takenIds()).toEqual({ ended: [], unsent: ["portal 2"] });
});

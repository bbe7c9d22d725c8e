import { metrics } from "@dozor/runtime/metrics";

const items = metrics.counter({
  name: "integration_items_total",
  help: "Items that outside systems sent, by what became of them",
  labels: ["source", "kind", "result"],
});

export function countItems(source: string, kind: string, acceptedCount: number, refusedCount: number): void {
  items.inc({ source, kind, result: "accepted" }, acceptedCount);
  items.inc({ source, kind, result: "quarantined" }, refusedCount);
}

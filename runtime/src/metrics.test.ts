import { expect, test } from "bun:test";
import { metrics } from "./metrics.ts";

test("a metric that two modules declare with the same labels is one family", () => {
  const first = metrics.counter({ name: "metrics_test_total", help: "of this test", labels: ["source"] });
  const second = metrics.counter({ name: "metrics_test_total", help: "of this test", labels: ["source"] });
  expect(second).toBe(first);
});

test("a metric that is declared again with other labels is refused, whichever module loads first", () => {
  metrics.gauge({ name: "metrics_test_messages", help: "of this test", labels: ["queue"] });
  expect(() => metrics.gauge({ name: "metrics_test_messages", help: "of this test", labels: ["stream"] })).toThrow(
    "metric metrics_test_messages is declared with labels [queue] and again with [stream]",
  );
});

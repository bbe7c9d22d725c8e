import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDirectory } from "@dozor/testkit/test-directory";
import { readReport } from "./suites.ts";

const dir = testDirectory("dozor-report-");
const file = join(dir, "report.xml");
const report = (attributes: string) =>
  writeFileSync(file, `<?xml version="1.0"?>\n<testsuites name="bun test" ${attributes}>`);

test("passed, failed and skipped tests are told apart", () => {
  report('tests="10" assertions="20" failures="2" skipped="3" time="1.5"');
  expect(readReport(file, 1)).toEqual({ passed: 5, failed: 2, skipped: 3 });
});

test("a run that broke without a failing test is a failure", () => {
  report('tests="4" assertions="4" failures="0" skipped="0" time="1.5"');
  expect(readReport(file, 1)).toEqual({ passed: 4, failed: 1, skipped: 0 });
});

test("a run that died before its report is a failure", () => {
  expect(readReport(join(dir, "no-such-report.xml"), 139)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../../support/driver-repo.ts";
import { icecore, icecoreOk } from "../../support/icecore.ts";

/** What a file of the repository says from its third line on, and what `plan` says of it. */
const cases: readonly (readonly [source: string, message: string])[] = [
  ["export const x = defineEntity({);", "more.ts:3: ParseError: Unexpected token"],
  ["export const x = defineEntty({});", "more.ts:3: defineEntty is not defined"],
  [`import { y } from "./nothing.ts";\nexport const x = y;`, "more.ts:3: Cannot find module './nothing.ts'"],
  [
    `export const x = defineEntity({ ...d, name: "bad name", joinKeys: { id: "long" } });`,
    'more.ts:3: entity "bad name": a name is letters, digits and _, at most 128, and does not start with a digit',
  ],
  [
    `export const x = defineEntity({ ...d, name: "x", joinKeys: {} });`,
    'more.ts:3: entity "x": needs at least one join key',
  ],
  [
    `export const x = defineEntity({ ...d, name: "x", joinKeys: { id: "double" } });`,
    'more.ts:3: entity "x": join key "id" has type double; use one of string, int, long, timestamptz, binary',
  ],
  [
    `export const x = defineEntity({ ...d, name: "driver", joinKeys: { id: "long" } });`,
    'features.ts:4: entity "driver": is defined twice, capitals aside; rename one of them',
  ],
  [
    `export const x = defineEntity({ name: "x", joinKeys: { id: "long" }, owner: "o" });`,
    'more.ts:3: entity "x": "description" is missing',
  ],
  [
    `export const x = defineEntity({ ...d, name: "x", owner: "", joinKeys: { id: "long" } });`,
    'more.ts:3: entity "x": needs an owner: who answers for it',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver], features: {} });`,
    'more.ts:3: feature view "x": needs at least one feature',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver] });`,
    'more.ts:3: feature view "x": "features" is missing; write { name: "type", ... }',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: driver, features: { a: "int" } });`,
    'more.ts:3: feature view "x": "entities" is no list; write [ ... ]',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver],\n  features: {\n    driver_id: "long",\n    a: "number",\n    b: { type: "int", default: "1" },\n  },\n});`,
    'more.ts:5: feature view "x": column "driver_id" is there twice\nmore.ts:6: feature view "x": feature "a" has unknown type "number"; types are boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, decimal(precision, scale), list<type>, map<key, value>, struct<name: type, ...>\nmore.ts:7: feature view "x": default "1" of "b" is no int',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver], features: { a: "int" }, ttl: "1 day" });`,
    'more.ts:3: feature view "x": ttl "1 day" is no duration; write 90s, 15m, 36h, 7d or 2w, or leave it out for no limit',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver], features: { a: "int" }, partitionBy: "week" });`,
    'more.ts:3: feature view "x": partitionBy "week" is none of none, hour, day, month, year',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "icecore_registry", entities: [driver], features: { a: "int" } });`,
    'more.ts:3: feature view "icecore_registry": the name "icecore_registry" is reserved; choose another',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "x", entities: [driver], features: { a: "struct<b: int>" } });`,
    'more.ts:3: feature view "x": feature "a" is a struct, and of nested types online stores hold lists of primitives alone; set online: false on the view, or give the feature a view of its own that has it',
  ],
  [
    `export const x = defineFeatureView({ ...d, name: "v", entities: [driver], features: { f37660: "int", f43618: "int" } });`,
    'more.ts:3: feature view "v": feature "f43618" and "v:f37660" have the same 4-byte hash, by which online stores tell the features of an entity apart; rename one of them',
  ],
  [
    `export const x = defineFeatureService({ ...d, name: "x", features: [\n  project(driverStats, { features: ["conv_rat", "acc"] }),\n] });`,
    'more.ts:4: feature service "x": feature view "driver_hourly_stats" has no feature "conv_rat" (did you mean "conv_rate"?)\nmore.ts:4: feature service "x": feature view "driver_hourly_stats" has no feature "acc" (there are: conv_rate, acc_rate, avg_daily_trips)',
  ],
  [
    `export const x = defineFeatureService({ ...d, name: "x", features: [undefined] });`,
    'more.ts:3: feature service "x": one of its "features" is not defined; is it exported where it is imported from?',
  ],
  [
    `export const x = defineDataSource({ ...d, name: "x", table: "rides" });`,
    'more.ts:3: data source "x": its table "rides" is not written as namespace.table',
  ],
];

/** The features of the view once it is applied, and what `plan` says of it. */
const changes: readonly (readonly [features: string, message: string])[] = [
  [
    `conv_rate: "string",\n  acc_rate: "int",\n  avg_daily_trips: "int"`,
    'features.ts:15: feature view "driver_hourly_stats": "conv_rate" is float in its table and cannot become string; only int to long, float to double, more decimal digits and more fields of a struct are safe, so add a feature under another name\nfeatures.ts:16: feature view "driver_hourly_stats": "acc_rate" is float in its table and cannot become int; only int to long, float to double, more decimal digits and more fields of a struct are safe, so add a feature under another name\nfeatures.ts:17: feature view "driver_hourly_stats": "avg_daily_trips" is long in its table and cannot become int, which is narrower; set its type to long in the definition',
  ],
];

let repo: TestRepo;
beforeAll(async () => {
  repo = await driverRepo();
});
afterAll(() => repo[Symbol.asyncDispose]());

async function complaint(): Promise<string> {
  const { exitCode, stdout, stderr } = await icecore("--repo", repo.directory, "plan");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).not.toMatch(/^ {4}at /m);
  return stderr.replaceAll(`${repo.directory}/`, "").replaceAll(repo.directory, "DIR").trimEnd();
}

describe("definitions", () => {
  it.each(cases)("%s", async (source, message) => {
    await repo.write(
      "more.ts",
      `import { defineDataSource, defineEntity, defineFeatureService, defineFeatureView, project } from "@icecore/feature-registry";
import { driver, driverStats } from "./features.ts"; const d = { owner: "o", description: "" };
${source}`,
    );
    expect(await complaint()).toBe(`error: ${message}`);
  });

  it.each(changes)("that change to %s", async (features, message) => {
    await repo.write("more.ts", "");
    await icecoreOk("--repo", repo.directory, "apply");
    const text = await readFile(repo.path("features.ts"), "utf8");
    await repo.write("features.ts", text.replace(/features: \{.*\}/, `features: {\n  ${features},\n}`));
    expect(await complaint()).toBe(`error: ${message}`);
  });
});

import { murmur3 } from "@icecore/iceberg-catalog";
import { describe, expect, it } from "vitest";
import { encodeValue } from "../testing/encode-value.ts";
import { ByteWriter } from "./byte-writer.ts";
import { type Cells, encodeEntityKeys, type KeyValue } from "./entity-key.ts";
import { featureField } from "./feature-field.ts";
import { entityKeyOf, feastKeyForm, storeKeyOf } from "./store-key.ts";
import { readTimestamp, writeTimestamp } from "./timestamp.ts";
import type { ValueKind } from "./value-type.ts";

const cells =
  (value: KeyValue): Cells<KeyValue> =>
  () =>
    value;

describe("entity keys, as Feast 0.66 writes them", () => {
  it.each([
    [
      "long",
      [{ name: "driver_id", type: "long" as const }],
      [1001n],
      "feature_repo",
      "0100000002000000090000006472697665725f69640400000008000000e903000000000000666561747572655f7265706f",
    ],
    [
      "several, sorted by name",
      [
        { name: "user", type: "string" as const },
        { name: "item", type: "int" as const },
      ],
      ["u1", 7],
      "p",
      "0200000002000000040000006974656d0200000004000000757365720300000004000000070000000200000002000000753170",
    ],
    [
      "none: Feast's dummy entity",
      [{ name: "__dummy_id", type: "string" as const }],
      [""],
      "p",
      "01000000020000000a0000005f5f64756d6d795f6964020000000000000070",
    ],
    [
      "int",
      [{ name: "entity", type: "int" as const }],
      [1],
      "test",
      "010000000200000006000000656e74697479030000000400000001000000" + "74657374",
    ],
  ])("%s", (_, joinKeys, values, project, hex) => {
    const [key] = encodeEntityKeys(joinKeys, values.map(cells), 1);
    if (key === undefined) throw new Error("a key without nulls is a key");
    const whole = storeKeyOf(feastKeyForm(joinKeys, project))(key);
    expect(whole.toString("hex")).toBe(hex);
    expect(entityKeyOf(feastKeyForm(joinKeys, project))(whole)).toEqual(key);
    expect(entityKeyOf(feastKeyForm(joinKeys, project.slice(1)))(whole)).toBeUndefined();
  });

  it("is none where a value is null", () => {
    expect(encodeEntityKeys([{ name: "a", type: "long" }], [(row) => (row === 1 ? null : 5n)], 3)).toEqual([
      expect.any(Buffer),
      undefined,
      expect.any(Buffer),
    ]);
  });
});

describe("fields", () => {
  it.each([
    ["driver_hourly_stats", "conv_rate", "6160e3da"],
    ["driver_hourly_stats", "acc_rate", "fa5e58ad"],
    ["driver_hourly_stats", "avg_daily_trips", "18a5e5a3"],
    ["feature_view_1", "feature_10", "266d5f39"],
  ])("%s:%s", (view, feature, hex) => {
    expect(featureField(view, feature).toString("hex")).toBe(hex);
  });

  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["aaaa", 0x9747b28c, 0x5a97808a],
    ["aaa", 0x9747b28c, 0x283e0130],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
  ])("murmur3 of %j with seed %i", (text, seed, hash) => {
    expect(murmur3(Buffer.from(text), seed) >>> 0).toBe(hash);
  });
});

describe("values, as feast.types.Value", () => {
  it.each<[ValueKind, unknown, string]>([
    ["float", 0.5, "350000003f"],
    ["double", 1.5, "29000000000000f83f"],
    ["int", 7, "1807"],
    ["long", 308n, "20b402"],
    ["long", 0n, "2000"],
    ["long", -1n, "20ffffffffffffffffff01"],
    ["string", "hi", "12026869"],
    ["boolean", true, "3801"],
    ["boolean", false, "3800"],
    ["binary", Uint8Array.of(1, 2), "0a020102"],
    ["timestamptz", 308_999_999n, "40b402"],
    ["timestamptz", -1n, "40ffffffffffffffffff01"],
    ["date", new Date(86_400_000), "4080a305"],
    [
      "uuid",
      Uint8Array.from({ length: 16 }, (_, i) => i * 17),
      `a20224${Buffer.from("00112233-4455-6677-8899-aabbccddeeff").toString("hex")}`,
    ],
    ["decimal", Uint32Array.of(150, 0, 0, 0), "e20204312e3530"],
    ["string", null, ""],
  ])("%s %s", (kind, value, hex) => {
    expect(encodeValue(kind, value).toString("hex")).toBe(hex);
  });

  it.each<[ValueKind, unknown, string]>([
    ["float", [0.5, 1], "82010a0a080000003f0000803f"],
    ["string", ["a", "b"], "62060a01610a0162"],
    ["long", [1n, -1n], "720d0a0b01ffffffffffffffffff01"],
    ["boolean", [true, false], "8a01040a020100"],
    ["binary", [Uint8Array.of(), Uint8Array.of(7)], "5a050a000a0107"],
    ["timestamptz", [308_999_999n], "9201040a02b402"],
    ["int", [], "6a00"],
  ])("a list of %s %s", (kind, value, hex) => {
    expect(encodeValue(kind, value, true).toString("hex")).toBe(hex);
  });

  it("event timestamp", () => {
    const out = new ByteWriter();
    writeTimestamp(out, 1_652_439_582_123_456n);
    expect(out.view().toString("hex")).toBe("089ef4f89306108094ef3a");
    expect(readTimestamp(out.view())).toBe(1_652_439_582_123_456n);
  });
});

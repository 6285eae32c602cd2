import type { OnlineFeatureColumn } from "@icecore/online-sync";
import { expect, it } from "vitest";
import { onlineResponse } from "./online-response.ts";

it.each([1, 500])("says the same of %i rows, whether it is one text or bytes", (rows) => {
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const cities: OnlineFeatureColumn = {
    name: "city",
    values: numbers.map((row) => (row % 3 === 2 ? null : `Zürich ${row} 🏔`)),
    statuses: numbers.map((row) => (row % 3 === 2 ? "NOT_FOUND" : "PRESENT")),
    eventTimestamps: numbers.map((row) => (row % 3 === 2 ? undefined : BigInt(row) * 1_500_000n)),
  };
  const ratios: OnlineFeatureColumn = {
    ...cities,
    name: "ratio",
    values: numbers.map((row) => (row % 3 === 2 ? null : row / 0)),
  };
  const answer = onlineResponse([], {}, { columns: [cities, ratios] });
  expect(typeof answer).toBe(rows === 1 ? "string" : "object");
  const { metadata, results } = JSON.parse(Buffer.from(answer as Uint8Array).toString());
  expect(metadata).toEqual({ feature_names: ["city", "ratio"] });
  expect(results[0].values).toEqual(cities.values);
  expect(results[0].statuses).toEqual(cities.statuses);
  expect(results[0].event_timestamps.slice(0, 2)).toEqual(
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:01.500Z"].slice(0, rows),
  );
  expect(results[1].values).toEqual(numbers.map(() => null));
  expect(results[1].statuses).toEqual(numbers.map((row) => (row % 3 === 2 ? "NOT_FOUND" : "NULL_VALUE")));
});

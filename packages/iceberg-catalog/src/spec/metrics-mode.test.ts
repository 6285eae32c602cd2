import { expect, test } from "vitest";
import { metricsMode } from "./metrics-mode.ts";

const short = { kind: "bounds", length: 16 };

test("the first hundred columns have short bounds, the others nothing", () => {
  expect(metricsMode({}, "a", 99)).toEqual(short);
  expect(metricsMode({}, "a", 100)).toEqual({ kind: "none" });
  expect(metricsMode({ "write.metadata.metrics.max-inferred-column-defaults": "2" }, "a", 2)).toEqual({ kind: "none" });
});

test("a table says otherwise for all columns, wherever they are, and for one before all", () => {
  const properties = { "write.metadata.metrics.default": "counts", "write.metadata.metrics.column.a.b": "full" };
  expect(metricsMode(properties, "a", 500)).toEqual({ kind: "counts" });
  expect(metricsMode(properties, "a.b", 500)).toEqual({ kind: "bounds", length: undefined });
});

test.each(["truncate(0)", "truncate", "most"])("%s is no mode", (mode) => {
  const column = { "write.metadata.metrics.column.a": mode };
  expect(() => metricsMode(column, "a", 0)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

import { describe, expect, expectTypeOf, it } from "vitest";
import type { FeatureTypeName } from "./feature-type.ts";
import type { FeatureValue } from "./feature-value.ts";
import { list, map, struct } from "./nested-type.ts";

const visits = list(struct({ at: "timestamptz", fees: map("string", "decimal(9, 2)"), tags: list("string") }));

interface Visit {
  readonly at: Date | null;
  readonly fees: ReadonlyMap<string, string | null> | null;
  readonly tags: readonly (string | null)[] | null;
}

describe("nested types", () => {
  it("are the text that Iceberg writes", () => {
    expect(String(list("float"))).toBe("list<float>");
    expect(String(visits)).toBe("list<struct<at: timestamptz, fees: map<string, decimal(9, 2)>, tags: list<string>>>");
  });

  it("know the values that they have in TypeScript", () => {
    expectTypeOf<FeatureValue<typeof visits>>().toEqualTypeOf<readonly (Visit | null)[]>();
    const points = map("long", list("double"));
    expectTypeOf<FeatureValue<typeof points>>().toEqualTypeOf<ReadonlyMap<bigint, readonly (number | null)[] | null>>();
  });

  it("know them of their text, too", () => {
    expectTypeOf<FeatureValue<"list<list<float>>">>().toEqualTypeOf<readonly (readonly (number | null)[] | null)[]>();
    expectTypeOf<FeatureValue<"map<decimal(9, 2), list<int>>">>().toEqualTypeOf<
      ReadonlyMap<string, readonly (number | null)[] | null>
    >();
    expectTypeOf<
      FeatureValue<"list<struct<at: timestamptz, fees: map<string, decimal(9, 2)>, tags: list<string>>>">
    >().toEqualTypeOf<readonly (Visit | null)[]>();
  });

  it("are refused where the compiler can tell", () => {
    // @ts-expect-error there is no such type
    list("floats");
    // @ts-expect-error a map's keys have nothing inside
    map(list("int"), "int");
    // @ts-expect-error any text is no type
    const type: FeatureTypeName = "array<int>";
    expect(type).toBe("array<int>");
  });
});

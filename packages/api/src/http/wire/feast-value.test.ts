import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feastValues, isPrintable } from "./feast-value.ts";

/** One number after the other. */
function naive(cells: readonly (number | null)[], isFloat: boolean): string {
  const texts = cells.map((cell) => {
    if (cell === null) return "null";
    return isFloat && Number.isInteger(cell) && Math.abs(cell) < 1e21 ? `${cell}.0` : String(cell);
  });
  return `[${texts.join(",")}]`;
}

describe("values as Feast prints them", () => {
  it("have a fraction or an exponent where they are floats, whatever is beside them", () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom(0, -0, 1e20, 1e21, -1e21, 1e-7, 5e-324),
    );
    fc.assert(
      fc.property(fc.array(fc.option(numbers)), fc.boolean(), (cells, isFloat) => {
        expect(feastValues(cells, isFloat)).toBe(naive(cells, isFloat));
      }),
    );
  });

  it("are bare JSON of every type", () => {
    const day = new Date("1969-12-31T23:59:59.500Z");
    expect(feastValues([2n ** 62n, null], false)).toBe("[4611686018427387904,null]");
    expect(feastValues([day, new Date(1_700_000_000_000)], false)).toBe("[-1,1700000000]");
    expect(feastValues([Uint8Array.of(1, 255), null], false)).toBe('["Af8=",null]');
    expect(feastValues(['say "1,2"', null, "[3]"], false)).toBe('["say \\"1,2\\"",null,"[3]"]');
    expect(feastValues([null, true], false)).toBe("[null,true]");
    expect(feastValues([null, [1, 0.5], []], true)).toBe("[null,[1.0,0.5],[]]");
    expect(feastValues([[7n, -7n], null], false)).toBe("[[7,-7],null]");
    expect(feastValues([["a", "b,c"]], false)).toBe('[["a","b,c"]]');
    expect(feastValues([1, 2n, "a", null, true, [1], day], true)).toBe('[1.0,2,"a",null,true,[1.0],-1]');
    expect(feastValues([1, "a"], true)).toBe('[1.0,"a"]');
    expect(feastValues([null], true)).toBe("[null]");
    expect(feastValues([], true)).toBe("[]");
  });

  it("are no NaN and no infinity, and no list with one of them", () => {
    const cells = [Number.NaN, Number.POSITIVE_INFINITY, [1, Number.NaN], [1], 1, null, "NaN"];
    expect(cells.map(isPrintable)).toEqual([false, false, false, true, true, true, true]);
  });
});

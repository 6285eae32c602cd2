import { describe, expect, it } from "vitest";
import { editFeature, type FeatureEdit, renameInProjections } from "./edit-feature.ts";

const layered = `// views
export const a = defineFeatureView({
  name: "a",
  features: {
    x: "long", // how many
    y: { type: "double" },
  },
});
`;
const flat = `const v = defineFeatureView({ name: "v", features: { x: "long", y: "int" } });`;

const edited = (text: string, view: string, edit: FeatureEdit) => editFeature(text, view, edit);

describe("a change of a feature in a definition file", () => {
  it("adds it in the layout that is there, with comments and a trailing comma kept", () => {
    const feature = { name: "z", type: "float", description: 'a "z"' };
    expect(edited(layered, "a", { type: "add", feature })).toBe(
      layered.replace(
        `y: { type: "double" },`,
        `y: { type: "double" },\n    z: { type: "float", description: "a \\"z\\"" },`,
      ),
    );
    expect(edited(flat, "v", { type: "add", feature: { name: "z", type: "long", default: 0 } })).toBe(
      flat.replace(`y: "int"`, `y: "int", z: { type: "long", default: 0 }`),
    );
  });

  it("renames it, and says what it was called", () => {
    expect(edited(layered, "a", { type: "rename", name: "x", to: "w" })).toBe(
      layered.replace(`x: "long"`, `w: { type: "long", renamedFrom: "x" }`),
    );
    const once = edited(layered, "a", { type: "rename", name: "y", to: "z" }) ?? "";
    expect(once).toContain(`z: { type: "double", renamedFrom: "y" }`);
    expect(edited(once, "a", { type: "rename", name: "z", to: "q" })).toContain(
      `q: { type: "double", renamedFrom: "z" }`,
    );
  });

  it("renames it in the projections of that view alone", () => {
    const text = `project(a, { features: ["x", "y"] }); project(b, { features: ["x"] }); project(a, { as: "x" });`;
    expect(renameInProjections(text, "a", "x", "w")).toBe(
      `project(a, { features: ["w", "y"] }); project(b, { features: ["x"] }); project(a, { as: "x" });`,
    );
  });

  it("widens it, however its type is spelt", () => {
    expect(edited(flat, "v", { type: "widen", name: "y", to: "long" })).toBe(flat.replace(`"int"`, `"long"`));
    expect(edited(layered, "a", { type: "widen", name: "y", to: "decimal(9, 2)" })).toBe(
      layered.replace(`"double"`, `"decimal(9, 2)"`),
    );
  });

  it("drops it with its comma, its line and what is said at its end", () => {
    expect(edited(layered, "a", { type: "drop", name: "x" })).toBe(layered.replace(`    x: "long", // how many\n`, ""));
    expect(edited(layered, "a", { type: "drop", name: "y" })).toBe(layered.replace(`    y: { type: "double" },\n`, ""));
    expect(edited(flat, "v", { type: "drop", name: "x" })).toBe(flat.replace(`x: "long", `, ""));
    expect(edited(flat, "v", { type: "drop", name: "y" })).toBe(flat.replace(`, y: "int"`, ""));
  });

  it("leaves a file alone that does not spell it out", () => {
    const rename = { type: "rename", name: "x", to: "y" } as const;
    expect(edited(layered, "b", rename)).toBeUndefined();
    expect(edited(`defineFeatureView({ name: "a", features })`, "a", rename)).toBeUndefined();
    expect(edited(`defineFeatureView({ name: "a", features: { x: long } })`, "a", rename)).toBeUndefined();
    expect(edited(`defineFeatureView({ name: "a", features: { ...x } })`, "a", rename)).toBeUndefined();
    expect(edited("not TypeScript {", "a", rename)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { addFeature } from "./add-feature-source.ts";

describe("adding a feature to a definition file", () => {
  it("keeps the layout, the comments and a trailing comma", () => {
    const text = `// views
export const a = defineFeatureView({
  name: "a",
  features: {
    x: "long", // how many
    y: { type: "double" },
  },
});
`;
    expect(addFeature(text, "a", { name: "z", type: "float", description: 'a "z"' })).toBe(`// views
export const a = defineFeatureView({
  name: "a",
  features: {
    x: "long", // how many
    y: { type: "double" },
    z: { type: "float", description: "a \\"z\\"" },
  },
});
`);
  });

  it("writes on the same line where the features are on one", () => {
    const text = `const v = defineFeatureView({ name: "v", features: { x: "long" } });`;
    expect(addFeature(text, "v", { name: "y", type: "long", default: 0 })).toBe(
      `const v = defineFeatureView({ name: "v", features: { x: "long", y: { type: "long", default: 0 } } });`,
    );
  });

  it("leaves a file alone that does not define the view", () => {
    expect(
      addFeature(`defineFeatureView({ name: "b", features: { x: "long" } })`, "a", { name: "z", type: "long" }),
    ).toBeUndefined();
    expect(addFeature(`defineFeatureView({ name: "a", features })`, "a", { name: "z", type: "long" })).toBeUndefined();
  });
});

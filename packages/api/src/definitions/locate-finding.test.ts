import { expect, it } from "vitest";
import { locateFinding } from "./locate-finding.ts";

const files = [
  { path: "entities.ts", text: `export const driver = defineEntity({ name: "driver" });` },
  {
    path: "views.ts",
    text: `
const stats = defineFeatureView({
  name: "stats",
  features: {
    trips: "long",
    rate: { type: "flaot" },
  },
});
defineFeatureService({
  name: "model",
  features: [
    project(stats, { features: ["trips", "rat"] }),
  ],
});
defineFeatureView({ name, features });
`,
  },
  { path: "broken.ts", text: "export const {" },
];
const place = (where: string, message: string) => locateFinding({ where, message }, files);

it("finds the line of the name that a finding quotes, else that of the definition", () => {
  expect(place(`feature view "stats"`, `feature "rate" has unknown type "flaot"`)).toBe("views.ts:6");
  expect(place(`feature view "stats"`, `its entity "rider" is not exported`)).toBe("views.ts:2");
  expect(place(`feature service "model"`, `feature view "stats" has no feature "rat" (did you mean "rate"?)`)).toBe(
    "views.ts:12",
  );
  expect(place(`entity "driver"`, "needs at least one join key")).toBe("entities.ts:1");
  expect(place(`feature view "other"`, "needs at least one feature")).toBeUndefined();
});

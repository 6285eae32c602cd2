import { parse } from "@babel/parser";
import { defineEntity, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { expect, it } from "vitest";
import { definitionSource } from "./definition-source.ts";

const described = { owner: "rides", description: "" };

function sourceOf(viewNames: readonly string[]): string {
  const entity = defineEntity({ name: "driver", joinKeys: { driver_id: "long" }, ...described });
  const views = viewNames.map((name) =>
    defineFeatureView({ name, entities: [entity], features: { trips: "long" }, ...described }),
  );
  return definitionSource(groupDefinitions([entity, ...views]));
}

function exportedBy(source: string): readonly string[] {
  const { body } = parse(source, { sourceType: "module", plugins: ["typescript"] }).program;
  return body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration?.type !== "VariableDeclaration") return [];
    return statement.declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  });
}

it("names variables as TypeScript allows them, whatever views are called", () => {
  const names = ["while", "enum", "await", "define_entity", "driver", "define_feature_view", "project"];
  expect(exportedBy(sourceOf(names))).toEqual([
    "driver",
    "_while",
    "_enum",
    "_await",
    "defineEntityView",
    "driverView",
    "defineFeatureViewView",
    "project",
  ]);
});

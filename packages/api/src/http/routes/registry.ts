import { didYouMean } from "@icecore/feature-registry";
import type { JsonValue } from "@icecore/iceberg-catalog";
import type { Context } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { RegistryState } from "../../store/registry-history.ts";
import { readQuery } from "../body.ts";
import { type HttpEnv, refuse } from "../failure.ts";
import type { HttpApi } from "../http-api.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { Operation } from "../openapi/operation.ts";
import { definitionsJson } from "../wire/definitions.ts";
import {
  dataSourceSchema,
  entitySchema,
  featureServiceSchema,
  featureViewSchema,
  registryHistorySchema,
  registrySchema,
} from "../wire/registry-schemas.ts";
import { idText } from "../wire/state.ts";

const state = z
  .strictObject({
    as_of: z.iso.datetime({ offset: true }).optional().describe("As they were in force then."),
    version: z.coerce
      .number()
      .int()
      .positive()
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe("As this version has them."),
  })
  .refine(({ as_of: asOf, version }) => asOf === undefined || version === undefined, "give one of as_of and version");

/** What is asked for by name, as paths call it. */
const kinds = {
  entities: ["entities", entitySchema],
  "data-sources": ["data_sources", dataSourceSchema],
  "feature-views": ["feature_views", featureViewSchema],
  "feature-services": ["feature_services", featureServiceSchema],
} as const;

const common = { method: "get", role: "reader", tag: "registry" } as const;

const registryOperation: Operation = {
  ...common,
  path: "/v1/registry",
  summary: "The definitions in force, or those of an earlier time or version",
  query: state,
  responses: { 200: { description: "All of them", json: registrySchema } },
};

const historyOperation: Operation = {
  ...common,
  path: "/v1/registry/history",
  summary: "Every version that was applied, newest first, and what it changed",
  responses: { 200: { description: "The versions", json: registryHistorySchema } },
};

/** `GET /v1/registry` and what is below it: definitions, as of any time. */
export function addRegistry(api: HttpApi, store: FeatureStore): void {
  const definitionsAt = async (c: Context<HttpEnv>) => {
    const registry = await store.registry(toState(readQuery(c, state)));
    return { registry, definitions: definitionsJson(registry.definitions) };
  };
  api.add(registryOperation, async (c) => {
    const { registry, definitions } = await definitionsAt(c);
    return jsonAnswer(c, { version: registry.version, snapshot_id: idText(registry.snapshotId), ...definitions });
  });
  api.add(historyOperation, async (c) => {
    const versions = await store.registryHistory();
    return jsonAnswer(c, {
      versions: versions.map(({ version, snapshotId, appliedAt, changes }) => ({
        version,
        snapshot_id: idText(snapshotId),
        applied_at: appliedAt.toISOString(),
        changes: changes.map(({ action, definition, details }) => ({
          action,
          kind: definition.kind,
          name: definition.name,
          details: [...details],
        })),
      })),
    });
  });
  for (const [path, [member, schema]] of Object.entries(kinds)) {
    const operation: Operation = {
      ...common,
      path: `/v1/registry/${path}/:name`,
      summary: `One of the ${path.replace("-", " ")}`,
      query: state,
      responses: { 200: { description: "Its definition", json: schema } },
    };
    api.add(operation, async (c) => {
      const name = c.req.param("name") ?? "";
      const found: readonly { readonly name: string }[] = (await definitionsAt(c)).definitions[member];
      const definition = found.find((candidate) => candidate.name === name);
      const names = found.map((candidate) => candidate.name);
      return definition === undefined
        ? refuse(
            c,
            404,
            "DEFINITION_NOT_FOUND",
            `no "${name}" among the ${path.replace("-", " ")}${didYouMean(name, names)}`,
          )
        : jsonAnswer(c, definition as unknown as JsonValue);
    });
  }
}

function toState({ as_of: asOf, version }: z.output<typeof state>): RegistryState {
  if (asOf !== undefined) return { asOf: new Date(asOf) };
  return version === undefined ? {} : { version };
}

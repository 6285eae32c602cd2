import type { Hono } from "hono";
import type { PropertyChanges } from "../../catalog/catalog.ts";
import { stringifyJson } from "../../spec/json.ts";
import type { JsonReader } from "../../spec/json-reader.ts";
import type { CatalogContext } from "../operations/context.ts";
import {
  createNamespace,
  dropNamespace,
  listNamespaces,
  loadNamespace,
  updateNamespaceProperties,
} from "../operations/namespaces.ts";
import { errorModel, jsonResponse } from "./error-response.ts";
import { once } from "./idempotency.ts";
import { pageOf } from "./pagination.ts";
import { namespaceInPath, parentInQuery, readBody } from "./request.ts";
import { pathFor } from "./route-path.ts";
import { noContent, replayBody, replayNothing } from "./table-answers.ts";

export function addNamespaceRoutes(app: Hono, context: CatalogContext): void {
  app.get(pathFor("listNamespaces"), async (c) => {
    const namespaces = await listNamespaces(context, parentInQuery(c));
    const page = pageOf(c, namespaces, (namespace) => namespace.at(-1) ?? "");
    return jsonResponse(stringifyJson({ namespaces: page.items, "next-page-token": page.nextPageToken }));
  });

  app.post(
    pathFor("createNamespace"),
    once(context, replayBody, async (c, settling) => {
      const { namespace, properties } = await readBody(c, (json) => ({
        namespace: json.field("namespace").strings(),
        properties: json.optional("properties")?.stringMap() ?? {},
      }));
      await createNamespace(settling, namespace, properties);
      return jsonResponse(stringifyJson({ namespace, properties }));
    }),
  );

  app.get(pathFor("loadNamespaceMetadata"), async (c) => {
    const namespace = namespaceInPath(c);
    const properties = await loadNamespace(context, namespace);
    return c.req.method === "HEAD" ? c.body(null, 204) : jsonResponse(stringifyJson({ namespace, properties }));
  });

  app.delete(
    pathFor("dropNamespace"),
    once(context, replayNothing, async (c, settling) => {
      await dropNamespace(settling, namespaceInPath(c));
      return noContent();
    }),
  );

  app.post(
    pathFor("updateProperties"),
    once(context, replayBody, async (c, settling) => {
      const changes = await readBody(c, parsePropertyChanges);
      const both = changes.removals?.find((name) => Object.hasOwn(changes.updates ?? {}, name));
      if (both !== undefined) {
        return errorModel(422, "UnprocessableEntityException", `property "${both}" cannot be both updated and removed`);
      }
      const { updated, removed, missing } = await updateNamespaceProperties(settling, namespaceInPath(c), changes);
      return jsonResponse(stringifyJson({ updated, removed, missing }));
    }),
  );
}

function parsePropertyChanges(json: JsonReader): PropertyChanges {
  return {
    updates: json.optional("updates")?.stringMap() ?? {},
    removals: json.items("removals").map((name) => name.string()),
  };
}

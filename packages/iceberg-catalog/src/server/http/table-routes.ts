import type { Hono } from "hono";
import { parseCreateTableRequest } from "../../catalog/create-table-request-json.ts";
import { loadedTableToJson } from "../../catalog/loaded-table-json.ts";
import { parseIdentifiedCommit, parseTableCommit } from "../../catalog/table-commit-json.ts";
import { parseTableIdentifier, tableIdentifierToJson } from "../../catalog/table-identifier-json.ts";
import { stringifyJson } from "../../spec/json.ts";
import { tableMetadataToJson } from "../../spec/table-metadata-json.ts";
import { commitTables } from "../operations/commit-tables.ts";
import type { CatalogContext } from "../operations/context.ts";
import { referencedSnapshotsOnly } from "../operations/referenced-snapshots.ts";
import {
  createTable,
  dropTable,
  listTables,
  loadTable,
  registerTable,
  renameTable,
  requireTable,
  stageTable,
} from "../operations/tables.ts";
import { jsonResponse } from "./error-response.ts";
import { pageOf } from "./pagination.ts";
import { namespaceInPath, readBody, tableInPath } from "./request.ts";
import { pathFor } from "./route-path.ts";

export function addTableRoutes(app: Hono, context: CatalogContext): void {
  app.get(pathFor("listTables"), async (c) => {
    const page = pageOf(c, await listTables(context, namespaceInPath(c)), (table) => table.name);
    const identifiers = page.items.map(tableIdentifierToJson);
    return jsonResponse(stringifyJson({ identifiers, "next-page-token": page.nextPageToken }));
  });

  app.post(pathFor("createTable"), async (c) => {
    const { name, isStaged, request } = await readBody(c, (json) => ({
      name: json.field("name").string(),
      isStaged: json.optional("stage-create")?.boolean() ?? false,
      request: parseCreateTableRequest(json),
    }));
    const identifier = { namespace: namespaceInPath(c), name };
    if (!isStaged)
      return jsonResponse(stringifyJson(loadedTableToJson(await createTable(context, identifier, request))));
    const metadata = tableMetadataToJson(await stageTable(context, identifier, request));
    return jsonResponse(stringifyJson({ metadata, config: {} }));
  });

  app.post(pathFor("registerTable"), async (c) => {
    const { name, location, overwrite } = await readBody(c, (json) => ({
      name: json.field("name").string(),
      location: json.field("metadata-location").string(),
      overwrite: json.optional("overwrite")?.boolean() ?? false,
    }));
    const identifier = { namespace: namespaceInPath(c), name };
    const table = await registerTable(context, identifier, location, { overwrite });
    return jsonResponse(stringifyJson(loadedTableToJson(table)));
  });

  app.get(pathFor("loadTable"), async (c) => {
    const identifier = tableInPath(c);
    if (c.req.method === "HEAD") {
      await requireTable(context, identifier);
      return c.body(null, 204);
    }
    const table = await loadTable(context, identifier);
    const wanted = c.req.query("snapshots") === "refs" ? referencedSnapshotsOnly(table) : table;
    return jsonResponse(stringifyJson(loadedTableToJson(wanted)));
  });

  app.post(pathFor("updateTable"), async (c) => {
    const commit = await readBody(c, parseTableCommit);
    const [table] = await commitTables(context, [{ identifier: tableInPath(c), ...commit }]);
    const { config: _, ...answer } = table === undefined ? {} : loadedTableToJson(table);
    return jsonResponse(stringifyJson(answer));
  });

  app.delete(pathFor("dropTable"), async (c) => {
    await dropTable(context, tableInPath(c), { purge: c.req.query("purgeRequested")?.toLowerCase() === "true" });
    return c.body(null, 204);
  });

  app.post(pathFor("reportMetrics"), async (c) => {
    await requireTable(context, tableInPath(c));
    return c.body(null, 204);
  });

  app.post(pathFor("renameTable"), async (c) => {
    const { source, destination } = await readBody(c, (json) => ({
      source: parseTableIdentifier(json.field("source")),
      destination: parseTableIdentifier(json.field("destination")),
    }));
    await renameTable(context, source, destination);
    return c.body(null, 204);
  });

  app.post(pathFor("commitTransaction"), async (c) => {
    const changes = await readBody(c, (json) => json.field("table-changes").array().map(parseIdentifiedCommit));
    await commitTables(context, changes);
    return c.body(null, 204);
  });
}

import type { Hono } from "hono";
import { parseCreateTableRequest } from "../../catalog/create-table-request-json.ts";
import { parseIdentifiedCommit, parseTableCommit } from "../../catalog/table-commit-json.ts";
import { parseTableIdentifier, tableIdentifierToJson } from "../../catalog/table-identifier-json.ts";
import { stringifyJson } from "../../spec/json.ts";
import { tableMetadataToJson } from "../../spec/table-metadata-json.ts";
import { commitTable, commitTables } from "../operations/commit-tables.ts";
import type { CatalogContext } from "../operations/context.ts";
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
import { once } from "./idempotency.ts";
import { pageOf } from "./pagination.ts";
import {
  checkMetricsReport,
  namespaceInPath,
  purgeInQuery,
  readBody,
  snapshotsInQuery,
  tableInPath,
} from "./request.ts";
import { pathFor } from "./route-path.ts";
import {
  commitResponse,
  entityTag,
  isUnchanged,
  noContent,
  replayCommit,
  replayNothing,
  replayTable,
  tableResponse,
} from "./table-answers.ts";

export function addTableRoutes(app: Hono, context: CatalogContext): void {
  app.get(pathFor("listTables"), async (c) => {
    const page = pageOf(c, await listTables(context, namespaceInPath(c)), (table) => table.name);
    const identifiers = page.items.map(tableIdentifierToJson);
    return jsonResponse(stringifyJson({ identifiers, "next-page-token": page.nextPageToken }));
  });

  app.get(pathFor("loadTable"), async (c) => {
    const metadataLocation = await requireTable(context, tableInPath(c));
    if (c.req.method === "HEAD") return noContent();
    const mode = snapshotsInQuery(c);
    const etag = entityTag(metadataLocation, mode);
    if (isUnchanged(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers: { etag } });
    return tableResponse(await loadTable(context, tableInPath(c)), mode);
  });

  app.post(pathFor("reportMetrics"), async (c) => {
    await requireTable(context, tableInPath(c));
    await readBody(c, checkMetricsReport);
    return noContent();
  });

  addTableCreation(app, context);
  addTableChanges(app, context);
}

function addTableCreation(app: Hono, context: CatalogContext): void {
  app.post(
    pathFor("createTable"),
    once(context, replayTable, async (c, settling) => {
      const { name, isStaged, request } = await readBody(c, (json) => ({
        name: json.field("name").string(),
        isStaged: json.optional("stage-create")?.boolean() ?? false,
        request: parseCreateTableRequest(json),
      }));
      const identifier = { namespace: namespaceInPath(c), name };
      if (!isStaged) return tableResponse(await createTable(settling, identifier, request));
      const metadata = tableMetadataToJson(await stageTable(settling, identifier, request));
      return jsonResponse(stringifyJson({ metadata, config: {} }));
    }),
  );

  app.post(
    pathFor("registerTable"),
    once(context, replayTable, async (c, settling) => {
      const { name, location, overwrite } = await readBody(c, (json) => ({
        name: json.field("name").string(),
        location: json.field("metadata-location").string(),
        overwrite: json.optional("overwrite")?.boolean() ?? false,
      }));
      const identifier = { namespace: namespaceInPath(c), name };
      return tableResponse(await registerTable(settling, identifier, location, { overwrite }));
    }),
  );
}

function addTableChanges(app: Hono, context: CatalogContext): void {
  app.post(
    pathFor("updateTable"),
    once(context, replayCommit, async (c, settling) => {
      const commit = await readBody(c, parseTableCommit);
      return commitResponse(await commitTable(settling, { identifier: tableInPath(c), ...commit }));
    }),
  );

  app.delete(
    pathFor("dropTable"),
    once(context, replayNothing, async (c, settling) => {
      await dropTable(settling, tableInPath(c), { purge: purgeInQuery(c) });
      return noContent();
    }),
  );

  app.post(
    pathFor("renameTable"),
    once(context, replayNothing, async (c, settling) => {
      const { source, destination } = await readBody(c, (json) => ({
        source: parseTableIdentifier(json.field("source")),
        destination: parseTableIdentifier(json.field("destination")),
      }));
      await renameTable(settling, source, destination);
      return noContent();
    }),
  );

  app.post(
    pathFor("commitTransaction"),
    once(context, replayNothing, async (c, settling) => {
      const changes = await readBody(c, (json) => json.field("table-changes").array().map(parseIdentifiedCommit));
      await commitTables(settling, changes);
      return noContent();
    }),
  );
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { html } from "hono/html";
import type { HttpApi } from "../http-api.ts";
import { openApiDocument } from "../openapi/document.ts";
import type { Operation } from "../openapi/operation.ts";

const common = { method: "get", role: "anyone", tag: "operations" } as const;

const documentOperation: Operation = {
  ...common,
  path: "/openapi.json",
  summary: "The OpenAPI document of this API",
  responses: { 200: { description: "OpenAPI 3.1", content: ["application/json"] } },
};

const pageOperation: Operation = {
  ...common,
  path: "/docs",
  summary: "This API to browse and to try",
  responses: { 200: { description: "A page", content: ["text/html"] } },
};

const scriptOperation: Operation = {
  ...common,
  path: "/docs/rapidoc.js",
  summary: "The script of the page",
  responses: { 200: { description: "JavaScript", content: ["text/javascript"] } },
};

const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Icecore API</title>
    <script type="module" src="/docs/rapidoc.js"></script>
  </head>
  <body>
    <rapi-doc spec-url="/openapi.json" render-style="read" show-header="false" allow-server-selection="false"></rapi-doc>
  </body>
</html>`;

/** `GET /openapi.json`, and a page to browse it that needs nothing from elsewhere. Add it last: it documents the others. */
export function addDocumentation(api: HttpApi): void {
  let script: Promise<string> | undefined;
  api.add(documentOperation, (c) => c.json(openApiDocument(api.operations)));
  api.add(pageOperation, async (c) => c.html(page));
  api.add(scriptOperation, async (c) => {
    const { resolve } = createRequire(import.meta.url);
    script ??= readFile(resolve("rapidoc/dist/rapidoc-min.js"), "utf8");
    return c.body(await script, 200, { "content-type": "text/javascript", "cache-control": "max-age=86400" });
  });
}

import { z } from "zod";
import type { Operation, RequestContent, ResponseContent } from "./operation.ts";

/** Of the paths below `/v1`. */
const apiVersion = "1";

/** JSON, as the document is. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** How every failure is answered, and how a body of another shape is, as FastAPI does. */
const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), request_id: z.string() }),
});
const issuesSchema = z.object({
  detail: z.array(z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() })),
});

/** The OpenAPI 3.1 document of operations. */
export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: operationJson(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Icecore",
      version: apiVersion,
      description:
        "Features online and as of any time. The paths without /v1 are those of Feast's feature server. The Iceberg REST catalog under /iceberg is described by Iceberg's own specification.",
    },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Error: schemaJson(errorSchema, "output"), Issues: schemaJson(issuesSchema, "output") },
    },
  };
}

function operationJson(operation: Operation) {
  const { tag, summary, description, role, method, path, responses, body } = operation;
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase())}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(role === "anyone" ? {} : { security: [{ token: [] }], "x-icecore-role": role }),
    parameters: [...pathParameters(operation), ...queryParameters(operation)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: requestContent(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, responseJson(response)])),
      ...failureResponses(operation),
    },
  };
}

function pathParameters({ path, path_parameters: described = {} }: Operation) {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: described[name] ?? name,
    schema: { type: "string", minLength: 1 },
  }));
}

function queryParameters({ query }: Operation) {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaJson(query, "input") as ObjectSchema;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function requestContent({ json, example, rows = [] }: RequestContent) {
  const types = rows.map((type) => [type, { schema: { type: "string", format: "binary" } }] as const);
  return {
    ...(json === undefined ? {} : { "application/json": { schema: schemaJson(json, "input"), example } }),
    ...Object.fromEntries(types),
  };
}

function responseJson({ description, json, content = [] }: ResponseContent) {
  // Of a stream of events, a schema would be that of each.
  const schema = (type: string) => (type === "text/event-stream" ? {} : { schema: { type: "string" } });
  const types = content.map((type) => [type, schema(type)] as const);
  const all = {
    ...(json === undefined ? {} : { "application/json": { schema: schemaJson(json, "output") } }),
    ...Object.fromEntries(types),
  };
  return { description, ...(Object.keys(all).length === 0 ? {} : { content: all }) };
}

function failureResponses({ role, body, query }: Operation) {
  const error = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  const issues = { anyOf: [{ $ref: "#/components/schemas/Issues" }, { $ref: "#/components/schemas/Error" }] };
  const takesInput = body !== undefined || query !== undefined;
  return {
    ...(takesInput
      ? { "422": { description: "Of another shape", content: { "application/json": { schema: issues } } } }
      : {}),
    ...(role === "anyone" ? {} : { "401": { description: "No token, or none of this server", content: error } }),
    default: { description: "What went wrong, and the mend", content: error },
  };
}

/** Whole numbers of bodies are read as bigints, which JSON Schema calls integers. */
function schemaJson(schema: z.ZodType, io: "input" | "output") {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "bigint") jsonSchema.type = "integer";
    },
  });
}

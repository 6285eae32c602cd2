import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../config/config.ts";
import { createHttpApp } from "../http/app.ts";
import { openFeatureStore } from "../open-feature-store.ts";
import { code, fence, generatedPage, table } from "./markdown.ts";

/** The little of an OpenAPI document that is read. */
interface Document {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly "x-icecore-role"?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
}

const tags = {
  serving: "Serving",
  history: "History",
  registry: "Registry",
  jobs: "Jobs",
  operations: "Operations",
};

/** `docs/reference/http.md`: every operation of the API's own OpenAPI document. */
export async function httpReference(): Promise<string> {
  const { info, paths } = await openApiDocument();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  const parts = Object.entries(tags).flatMap(([tag, title]) => {
    const those = operations.filter(({ operation }) => operation.tags.includes(tag));
    return [`## ${title}`, ...those.map(({ title: name, operation }) => operationSection(name, operation))];
  });
  return generatedPage("HTTP API", "the OpenAPI document", [
    info.description,
    '`icecore serve` answers all of it on one port. `/openapi.json` is the document itself, `/docs` shows it in a browser. A failure is answered as `{ "error": { "code", "message", "request_id" } }`; a body of another shape with 422 and `{ "detail": [...] }`, as FastAPI does.',
    ...parts,
  ]);
}

async function openApiDocument(): Promise<Document> {
  const repo = await mkdtemp(join(tmpdir(), "icecore-reference-"));
  try {
    await using store = await openFeatureStore({ repo, config: configSchema.parse({ project: "reference" }) });
    await using app = createHttpApp(store);
    return (await (await app.request("/openapi.json")).json()) as Document;
  } finally {
    await rm(repo, { recursive: true, force: true });
  }
}

function operationSection(title: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const role = operation["x-icecore-role"];
  const parameterRows = parameters.map(({ name, in: place, required, schema, description: text }) => [
    code(name),
    place,
    typeText(schema),
    required ? "required" : "",
    text ?? schema.description ?? "",
  ]);
  const answers = Object.entries(responses).filter(([status]) => /^2/.test(status));
  return [
    `### ${title}`,
    `${summary}. ${role === undefined ? "Needs no token." : `Role: ${role}.`}`,
    description ?? "",
    table(["parameter", "in", "type", "", "what it is"], parameterRows),
    ...bodyParts(requestBody?.content ?? {}),
    table(
      ["status", "answer", "media types"],
      answers.map(([status, answer]) => [status, ...answerCells(answer)]),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function answerCells({ description, content = {} }: Operation["responses"][string]): readonly string[] {
  return [description, Object.keys(content).map(code).join(", ")];
}

function bodyParts(content: Readonly<Record<string, Content>>): readonly string[] {
  const rows = Object.keys(content).filter((type) => type !== "application/json");
  const { schema, example } = content["application/json"] ?? {};
  const { properties = {}, required = [] } = schema ?? {};
  const members = Object.entries(properties).map(([name, member]) => [
    code(name),
    typeText(member),
    required.includes(name) ? "required" : "",
    member.description ?? "",
  ]);
  return [
    table(["member of the body", "type", "", "what it is"], members),
    rows.length === 0 ? "" : `Or rows as the body: ${rows.map(code).join(", ")}.`,
    example === undefined ? "" : fence("json", JSON.stringify(example, undefined, 2)),
  ];
}

function typeText(schema: Schema): string {
  const { type, const: value, enum: values, anyOf, items, format, properties, additionalProperties } = schema;
  if (value !== undefined) return code(JSON.stringify(value));
  if (values !== undefined) return values.map((item) => code(JSON.stringify(item))).join(" or ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join(" or ");
  if (items !== undefined) return `array of ${typeText(items)}`;
  if (properties !== undefined) return `{ ${Object.keys(properties).map(code).join(", ")} }`;
  if (typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0)
    return `object of ${typeText(additionalProperties)}`;
  if (format === "date-time") return "time (ISO 8601 with a zone)";
  return [type ?? "any"].flat().join(" or ");
}

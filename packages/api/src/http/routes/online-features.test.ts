import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  await opened.store.materialize();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

const get = async (body: string) => {
  const response = await app.request("/get-online-features", { method: "POST", body });
  return { status: response.status, text: await response.text() };
};

describe("online features", () => {
  it("are Feast's answer, column by column, with 64-bit integers and floats as Python reads them", async () => {
    const names = ["trips", "rating", "score", "rank", "seen_at", "active", "photo"];
    const features = names.map((name) => `driver_stats:${name}`);
    const answer = await get(`{"entities":{"driver_id":[9007199254740993]},"features":${JSON.stringify(features)}}`);
    expect(answer.status).toBe(200);
    const at = (value: string, status = "PRESENT") =>
      `{"values":[${value}],"statuses":["${status}"],"event_timestamps":["2026-01-01T12:00:00.123456Z"]}`;
    const columns = [
      `{"values":[9007199254740993],"statuses":["PRESENT"],"event_timestamps":["1970-01-01T00:00:00Z"]}`,
      at("9223372036854775807"),
      at("4.0"),
      at("0.5"),
      at("7"),
      at("1767265200"),
      at("true"),
      at("null", "NULL_VALUE"),
    ];
    expect(answer.text).toBe(
      `{"metadata":{"feature_names":${JSON.stringify(["driver_id", ...names])}},"results":[${columns.join(",")}]}`,
    );
  });

  it("are null unless they are present, whatever the reason", async () => {
    const { text } = await get(
      '{"entities":{"driver_id":[2,3,4,null],"label":[1,1,1,1]},"features":["driver_stats:rating"]}',
    );
    expect(JSON.parse(text)).toEqual({
      metadata: { feature_names: ["driver_id", "rating"] },
      results: [
        {
          values: [2, 3, 4, null],
          statuses: ["PRESENT", "PRESENT", "PRESENT", "NULL_VALUE"],
          event_timestamps: Array(4).fill("1970-01-01T00:00:00Z"),
        },
        {
          values: [null, null, null, null],
          statuses: ["NULL_VALUE", "OUTSIDE_MAX_AGE", "NOT_FOUND", "NOT_FOUND"],
          event_timestamps: [
            "2026-01-01T12:00:00Z",
            "2025-12-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
          ],
        },
      ],
    });
  });

  it("of no entities are columns without values", async () => {
    const { text } = await get('{"entities":{"driver_id":[]},"features":["driver_stats:rating"]}');
    const nothing = { values: [], statuses: [], event_timestamps: [] };
    expect(JSON.parse(text)).toEqual({
      metadata: { feature_names: ["driver_id", "rating"] },
      results: [nothing, nothing],
    });
  });

  it("of a service are joined on its columns, under full names when asked", async () => {
    const { text } = await get(
      '{"feature_service":"driver_service","entities":{"driver":["9007199254740993"]},"full_feature_names":true}',
    );
    expect(JSON.parse(text)).toMatchObject({
      metadata: { feature_names: ["driver", "driver_stats__rating"] },
      results: [{ values: ["9007199254740993"] }, { values: [4] }],
    });
  });
});

describe("requests for online features that are wrong", () => {
  const entities = '"entities":{"driver_id":[1]}';
  it.each([
    ["no JSON", "{", 400, { error: { code: "BODY_MALFORMED" } }],
    ["nothing", "", 400, { error: { code: "BODY_MALFORMED" } }],
    ["too deep", "[".repeat(100_000), 400, { error: { code: "BODY_MALFORMED" } }],
    [
      "no object",
      "[]",
      422,
      { detail: [{ loc: ["body"], msg: "Invalid input: expected object, received array", type: "invalid_type" }] },
    ],
    ["no entities", "{}", 422, { detail: [{ loc: ["body", "entities"], msg: "Field required", type: "missing" }] }],
    [
      "a scalar",
      '{"entities":{"driver_id":1}}',
      422,
      {
        detail: [
          {
            loc: ["body", "entities", "driver_id"],
            msg: "Invalid input: expected array, received number",
            type: "invalid_type",
          },
        ],
      },
    ],
    [
      "no features",
      `{${entities}}`,
      422,
      { detail: [{ loc: ["body"], msg: "give features, or a feature_service", type: "value_error" }] },
    ],
    [
      "unequal columns",
      '{"entities":{"driver_id":[1],"b":[1,2]},"features":["driver_stats:rating"]}',
      400,
      {
        error: {
          code: "ENTITY_INVALID",
          message: 'entity column "b" has 2 values where "driver_id" has 1; give one per entity in each',
        },
      },
    ],
    [
      "another view",
      `{${entities},"features":["driver_stat:rating"]}`,
      404,
      {
        error: {
          code: "FEATURE_VIEW_NOT_FOUND",
          message: 'no feature view "driver_stat" in the registry (did you mean "driver_stats"?)',
        },
      },
    ],
    [
      "another feature",
      `{${entities},"features":["driver_stats:ratings"]}`,
      404,
      { error: { code: "FEATURE_NOT_FOUND" } },
    ],
    ["another service", `{${entities},"feature_service":"x"}`, 404, { error: { code: "FEATURE_SERVICE_NOT_FOUND" } }],
    [
      "no reference",
      `{${entities},"features":["rating"]}`,
      400,
      { error: { code: "REFERENCE_INVALID", message: '"rating" is no feature reference; write it as view:feature' } },
    ],
    [
      "no integer",
      '{"entities":{"driver_id":[1.5]},"features":["driver_stats:rating"]}',
      400,
      { error: { code: "ENTITY_INVALID" } },
    ],
  ])("%s", async (_, body, status, expected) => {
    const answer = await get(body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject(expected);
  });
});

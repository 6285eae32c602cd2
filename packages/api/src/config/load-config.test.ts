import { describe, expect, it } from "vitest";
import { isKnownError } from "../errors.ts";
import { type Environment, parseConfig } from "./load-config.ts";

const parse = (text: string, environment: Environment = {}) => parseConfig(text, "feature_store.yaml", environment);

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (isKnownError(error)) return error.message;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("feature_store.yaml", () => {
  it("needs no more than a project: everything runs on this machine", () => {
    expect(parse("project: rides")).toEqual({
      project: "rides",
      offline_store: { type: "iceberg", catalog: { type: "embedded", path: ".icecore" } },
      online_store: { type: "embedded" },
    });
  });

  it("takes a REST catalog and Redis as Feast's users write them", () => {
    const config = parse(
      `
project: rides
registry: { namespace: ml.rides }
offline_store:
  type: iceberg
  memory_limit: 2GB
  catalog: { type: rest, uri: "https://polaris.example.com/api/catalog", warehouse: features, credential: "\${SECRET}" }
online_store: { type: redis, connection_string: "localhost:6379" }`,
      { SECRET: "id:word" },
    );
    expect(config.offline_store.catalog).toMatchObject({ type: "rest", warehouse: "features", credential: "id:word" });
    expect(config.online_store).toEqual({
      type: "redis",
      connection_string: "localhost:6379",
      redis_type: "redis",
      sentinel_master: "mymaster",
      layout: "feast",
    });
  });

  it.each([
    ["projct: rides", `unknown key "projct" (did you mean "project"?)`],
    [
      "project: rides\nonline_store: { type: redis, conection_string: x }",
      `unknown key "online_store.conection_string" (did you mean "connection_string"?)`,
    ],
    [
      "project: rides\nfeature_server: { tokens: [{ name: a, token: b, rolle: reader }] }",
      `unknown key "feature_server.tokens.0.rolle" (did you mean "role"?)`,
    ],
    [
      "project: rides\noffline_store: { catalog: { type: rest, uri: 'http://x', warehous: y } }",
      `unknown key "offline_store.catalog.warehous" (did you mean "warehouse"?)`,
    ],
    ["project: my rides", "project: is letters, digits and _"],
    ["project: rides\nonline_store: { type: dynamo }", "online_store.type"],
    [["project: $", "{UNSET}"].join(""), "the environment variable UNSET is not set"],
    ["project: [", "feature_store.yaml: "],
    ["project: rides\noffline_store: { threads: 0 }", "offline_store.threads"],
  ])("refuses %j and says where", (text, expected) => {
    expect(complaint(text)).toContain(expected);
  });
});

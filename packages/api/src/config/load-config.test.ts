import { describe, expect, it } from "vitest";
import { type Environment, parseConfig } from "./load-config.ts";

const parse = (text: string, environment: Environment = {}) => parseConfig(text, "feature_store.yaml", environment);

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
});

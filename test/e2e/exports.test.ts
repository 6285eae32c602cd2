import * as api from "@icecore/api";
import * as featureRegistry from "@icecore/feature-registry";
import * as offlineStore from "@icecore/offline-store";
import * as onlineSync from "@icecore/online-sync";
import { describe, expect, it } from "vitest";

/** A change of a package's public names is a change that its users see: it shows here. */
describe("public names", () => {
  it("of @icecore/feature-registry", () => {
    expect(Object.keys(featureRegistry).sort()).toMatchInlineSnapshot(`
      [
        "ProjectCatalog",
        "RegistryError",
        "applyPlan",
        "commitRegistry",
        "compareDefinitions",
        "defineDataSource",
        "defineEntity",
        "defineFeatureService",
        "defineFeatureView",
        "describe",
        "didYouMean",
        "featureType",
        "featureTypeNames",
        "findFeatureView",
        "findPushedViews",
        "findingText",
        "formatDuration",
        "groupDefinitions",
        "keyType",
        "list",
        "listDefinitions",
        "loadAppliedVersions",
        "loadRegistry",
        "loadRegistryAsOf",
        "loadRegistryVersion",
        "map",
        "noDefinitions",
        "parseDuration",
        "planApply",
        "project",
        "registryTableName",
        "resolveFeatures",
        "struct",
        "validateDefinitions",
      ]
    `);
  });

  it("of @icecore/offline-store", () => {
    expect(Object.keys(offlineStore).sort()).toMatchInlineSnapshot(`
      [
        "Deadline",
        "OfflineStoreError",
        "attachTables",
        "compareRows",
        "contentDigest",
        "createTrainingSet",
        "diffLocks",
        "entitiesWithoutRow",
        "explainPlan",
        "featureDefaults",
        "ingest",
        "isOrdered",
        "latest",
        "loadEntitySpine",
        "loadSpine",
        "lockedEntities",
        "openPushedRows",
        "openQuery",
        "pinSnapshot",
        "planHistoricalFeatures",
        "pullRows",
        "pullWindow",
        "readLock",
        "rebuildTrainingSet",
        "refuseUnreadViews",
        "reproduceTrainingSet",
        "runQuery",
        "sampleEntities",
        "selectDatabase",
        "spineTag",
        "spineText",
        "stringKeyColumns",
        "trainingSetTag",
        "writeLock",
      ]
    `);
  });

  it("of @icecore/online-sync", () => {
    expect(Object.keys(onlineSync).sort()).toMatchInlineSnapshot(`
      [
        "OnlineStoreError",
        "decimalText",
        "encodeEntityKeys",
        "inspectRedis",
        "materialize",
        "materializeWindow",
        "migrateView",
        "openEmbeddedStore",
        "openRedisStore",
        "readOnlineFeatures",
        "verdicts",
        "verifyRows",
      ]
    `);
  });

  it("of @icecore/api", () => {
    expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
      [
        "FeatureStore",
        "IcecoreError",
        "createHttpApp",
        "isKnownError",
        "openFeatureStore",
        "serveHttp",
      ]
    `);
  });
});

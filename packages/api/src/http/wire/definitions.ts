import type {
  DataSource,
  Definitions,
  Entity,
  Feature,
  FeatureService,
  FeatureView,
  JoinKey,
} from "@icecore/feature-registry";

/** Definitions as the HTTP API shows them: snake_case, as in Feast. */
export function definitionsJson({ entities, dataSources, featureViews, featureServices }: Definitions) {
  return {
    entities: entities.map(entityJson),
    data_sources: dataSources.map(dataSourceJson),
    feature_views: featureViews.map(featureViewJson),
    feature_services: featureServices.map(featureServiceJson),
  };
}

function entityJson({ name, description, owner, tags, joinKeys }: Entity) {
  return { name, description, owner, tags, join_keys: joinKeys.map(joinKeyJson) };
}

function dataSourceJson({ name, description, owner, tags, table, fieldMapping }: DataSource) {
  return { name, description, owner, tags, table, field_mapping: fieldMapping };
}

function joinKeyJson({ name, type }: JoinKey) {
  return { name, type };
}

function featureViewJson(view: FeatureView) {
  const { name, description, owner, tags, entities, online } = view;
  return {
    name,
    description,
    owner,
    tags,
    entities,
    join_keys: view.joinKeys.map(joinKeyJson),
    features: view.features.map(featureJson),
    ttl_seconds: view.ttlSeconds ?? null,
    timestamp_field: view.timestampField,
    created_timestamp_column: view.createdTimestampColumn,
    online,
    partition_by: view.partitionBy,
    data_source: view.source?.name ?? null,
    push_source: view.pushSource ?? view.name,
  };
}

function featureJson(feature: Feature) {
  const { name, type, description = "" } = feature;
  return { name, type, description, default: feature.default ?? null };
}

function featureServiceJson({ name, description, owner, tags, projections }: FeatureService) {
  return {
    name,
    description,
    owner,
    tags,
    projections: projections.map(({ view, alias, features, joinKeyMap }) => ({
      feature_view: view,
      alias: alias ?? null,
      features,
      join_key_map: joinKeyMap,
    })),
  };
}

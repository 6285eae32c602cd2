import {
  type Entity,
  type FeatureRequest,
  type FeatureView,
  type JoinKey,
  noDefinitions,
  resolveFeatures,
} from "@icecore/feature-registry";

/** A view with this and that left as it usually is. */
export function viewOf(fields: Partial<FeatureView> & Pick<FeatureView, "name" | "features">): FeatureView {
  const joinKeys: readonly JoinKey[] = fields.joinKeys ?? [{ name: "driver_id", type: "long" }];
  return {
    kind: "feature_view",
    description: "",
    owner: "tests",
    tags: {},
    entities: joinKeys.length === 0 ? [] : [joinKeys.map((key) => key.name).join("_")],
    timestampField: "event_timestamp",
    createdTimestampColumn: "created",
    online: true,
    partitionBy: "month",
    ...fields,
    joinKeys,
  };
}

/** The entities that views are about. */
export function entitiesOf(views: readonly FeatureView[]): readonly Entity[] {
  const entities = views.flatMap((view) =>
    view.entities.map(
      (name): Entity => ({ kind: "entity", name, description: "", owner: "tests", tags: {}, joinKeys: view.joinKeys }),
    ),
  );
  return [...new Map(entities.map((entity) => [entity.name, entity])).values()];
}

/** The request for all features of a view. */
export function requestOf(view: FeatureView): FeatureRequest {
  const features = view.features.map((feature) => `${view.name}:${feature.name}`);
  const [request] = resolveFeatures({ ...noDefinitions, featureViews: [view], featureServices: [] }, { features });
  if (request === undefined) throw new Error("a view has features");
  return request;
}

/** Feast's familiar example. */
export const driverStats = viewOf({
  name: "driver_stats",
  ttlSeconds: 86_400,
  features: [
    { name: "trips", type: "long" },
    { name: "rate", type: "double" },
    { name: "city", type: "string" },
  ],
});

import type { FeatureSelection } from "@icecore/feature-registry";
import { snapshotId } from "@icecore/iceberg-catalog";
import { z } from "zod";
import { entitiesBetween, latestEntities } from "../../store/spine-entities.ts";
import { stateFields, stateId, toState } from "./state.ts";

const name = z.string().regex(/^[A-Za-z0-9_.-]+$/, "has to be letters, digits, _, . and -");

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const howToGiveSpine =
  "give a spine: { sql }, { columns }, { table }, { start, end } or { latest }, or send its rows as the body";

const spines = [
  z.strictObject({ sql: z.string().min(1) }),
  z
    .strictObject({ table: z.string().min(1), snapshot: stateId.optional(), tag: z.string().min(1).optional() })
    .transform(({ snapshot, ...rest }) => ({
      ...rest,
      snapshotId: snapshot === undefined ? undefined : snapshotId(BigInt(snapshot)),
    })),
  z
    .strictObject({ start: instant, end: instant })
    .refine(({ start, end }) => start <= end, { message: "start is not later than end" })
    .transform(({ start, end }) => entitiesBetween(start, end)),
  z.strictObject({ latest: z.literal(true) }).transform(() => latestEntities),
  z
    .strictObject({ columns: z.record(z.string(), z.array(z.unknown())) })
    .refine(({ columns }) => new Set(Object.values(columns).map(({ length }) => length)).size <= 1, {
      message: "every column has as many values as the others",
    }),
] as const;

const spine = z.union(spines, { error: howToGiveSpine });

interface SelectionFields {
  readonly features?: readonly string[] | undefined;
  readonly feature_service?: string | undefined;
  readonly full_feature_names?: boolean | undefined;
}

function toSelection<Body extends SelectionFields>(
  body: Body,
  context: z.RefinementCtx,
): Body & { readonly selection: FeatureSelection } {
  const { features, feature_service: service, full_feature_names: fullFeatureNames = false } = body;
  if ((features === undefined) === (service === undefined)) {
    context.addIssue({ code: "custom", message: "give features, or a feature_service" });
  }
  const selection =
    service === undefined ? { features: features ?? [], fullFeatureNames } : { service, fullFeatureNames };
  return { ...body, selection };
}

const chosen = {
  name: name.optional().describe("Pins the set by a lock file of this name."),
  feature_service: z.string().optional().describe("Instead of features."),
  ...stateFields,
};

function toOptions<Body extends { readonly filter_by_created_timestamp?: boolean | undefined }>(body: Body) {
  return { ...body, filterByCreatedTimestamp: body.filter_by_created_timestamp };
}

/** The body of `POST /v1/training-sets`. */
export const trainingSetBody = z
  .strictObject({
    ...chosen,
    spine: spine.optional().describe("The rows that ask for features."),
    features: z.array(z.string()).optional().describe("As view:feature."),
    full_feature_names: z.boolean().optional().describe("Name columns view__feature."),
    filter_by_created_timestamp: z.boolean().optional().describe("Leave out what was created after a row's time."),
  })
  .transform(toOptions)
  .transform(toState)
  .transform(toSelection);

/** The same in a query string, where the body is the spine. */
export const trainingSetParameters = z
  .strictObject({
    ...chosen,
    snapshots: z.undefined().optional(),
    features: z
      .string()
      .transform((text) => text.split(",").map((feature) => feature.trim()))
      .optional(),
    full_feature_names: z.stringbool().optional(),
    filter_by_created_timestamp: z.stringbool().optional(),
  })
  .transform(toOptions)
  .transform((parameters) => ({ ...parameters, spine: undefined }))
  .transform(toState)
  .transform(toSelection);

import type { JoinStrategy } from "../retrieval/choose-strategy.ts";
import type { PointInTimePlan, ViewPlan } from "../retrieval/point-in-time-plan.ts";

const why = "the test wants it";

/** The joins there are. */
const joins = {
  "slot join": { name: "slot-join", passes: 1, fetch: "at-once", carry: true, why },
  "slot join in parts": { name: "slot-join", passes: 3, fetch: "afterwards", carry: true, why },
  "binned slot join": { name: "slot-join", passes: 1, fetch: "afterwards", carry: true, binMicros: 400_000n, why },
  "binned slot join in parts": {
    name: "slot-join",
    passes: 2,
    fetch: "at-once",
    carry: true,
    binMicros: 1_000_000n,
    why,
  },
  "slot join, rows at once in parts": { name: "slot-join", passes: 2, fetch: "at-once", carry: true, why },
  "slot join without carrying": { name: "slot-join", passes: 2, fetch: "at-once", carry: false, why },
  "binned slot join without carrying": {
    name: "slot-join",
    passes: 1,
    fetch: "afterwards",
    carry: false,
    binMicros: 700_000n,
    why,
  },
  "asof join": { name: "asof-join", passes: 1, semiJoin: true, why },
  "asof join in parts": { name: "asof-join", passes: 3, semiJoin: false, why },
} as const satisfies Readonly<Record<string, JoinStrategy>>;

type JoinName = keyof typeof joins;

/** The joins that can answer a plan: where rows are seen when they were created, their time alone does not tell. */
export function joinsFor({ filterByCreatedTimestamp }: Pick<PointInTimePlan, "filterByCreatedTimestamp">) {
  const isPossible = (join: JoinStrategy) => join.name === "slot-join" && join.fetch === "at-once";
  return (Object.keys(joins) as JoinName[]).filter((name) => !filterByCreatedTimestamp || isPossible(joins[name]));
}

/** The plan with one join for all views that are joined at all. */
function withStrategy(plan: PointInTimePlan, name: JoinName): PointInTimePlan {
  const views = plan.views.map((view) =>
    view.strategy.name === "nothing" ? view : { ...view, strategy: possible(view, joins[name]) },
  );
  return { ...plan, views };
}

/** Bins need to know where the features begin. */
function possible(view: ViewPlan, strategy: JoinStrategy): JoinStrategy {
  if (strategy.name !== "slot-join" || view.firstMicros !== undefined) return strategy;
  return { ...strategy, binMicros: undefined };
}

/** The plan with every view joined in every way, one after the other: what they answer can be compared in one result. */
export function withEveryStrategy(plan: PointInTimePlan): PointInTimePlan {
  const views = joinsFor(plan).flatMap((name) => withStrategy(plan, name).views.map((view) => renamed(view, name)));
  return { ...plan, views };
}

function renamed(view: ViewPlan, suffix: string): ViewPlan {
  const features = view.request.features.map(({ feature, output }) => ({ feature, output: `${output} by ${suffix}` }));
  return { ...view, request: { ...view.request, features } };
}

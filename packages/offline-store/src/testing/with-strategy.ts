import type { JoinStrategy, PointInTimePlan, ViewPlan } from "../retrieval/point-in-time-plan.ts";

/** The joins there are. */
export const joins = ["slot-join", "asof-join"] as const;

/** The plan with one join for all views that are joined at all. */
export function withStrategy(plan: PointInTimePlan, name: JoinStrategy["name"]): PointInTimePlan {
  const strategy: JoinStrategy = { name, why: "the test wants it" };
  const views = plan.views.map((view) => (view.strategy.name === "nothing" ? view : { ...view, strategy }));
  return { ...plan, views };
}

/** The plan with every view joined in every way, one after the other: what they answer can be compared in one result. */
export function withEveryStrategy(plan: PointInTimePlan): PointInTimePlan {
  const views = joins.flatMap((name) => withStrategy(plan, name).views.map((view) => renamed(view, name)));
  return { ...plan, views };
}

function renamed(view: ViewPlan, suffix: string): ViewPlan {
  const features = view.request.features.map(({ feature, output }) => ({ feature, output: `${output} by ${suffix}` }));
  return { ...view, request: { ...view.request, features } };
}

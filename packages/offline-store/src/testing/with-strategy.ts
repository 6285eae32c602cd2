import type { JoinStrategy, PointInTimePlan } from "../retrieval/point-in-time-plan.ts";

/** The plan with one join for all views that are joined at all. */
export function withStrategy(plan: PointInTimePlan, name: JoinStrategy["name"]): PointInTimePlan {
  const strategy: JoinStrategy = { name, why: "the test wants it" };
  const views = plan.views.map((view) => (view.strategy.name === "nothing" ? view : { ...view, strategy }));
  return { ...plan, views };
}

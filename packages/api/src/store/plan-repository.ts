import { type PreparedPlan, planApply, RegistryError } from "@icecore/feature-registry";
import { loadDefinitions, locatedText } from "../definitions/load-definitions.ts";
import type { StoreContext } from "./context.ts";

/**
 * Plans to make the registry say what the repository's files say.
 * @throws RegistryError `CHANGE_REFUSED` with everything that is refused, file and line of each; IcecoreError `DEFINITIONS_INVALID`
 */
export async function planRepository({ project, repo }: Pick<StoreContext, "project" | "repo">): Promise<PreparedPlan> {
  const definitions = await loadDefinitions(repo);
  try {
    return await planApply(project, definitions);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.findings.length === 0) throw error;
    const { code, findings } = error;
    throw new RegistryError(code, await locatedText(repo, findings), { cause: error, findings });
  }
}

import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Command, InvalidArgumentError } from "commander";
import type { Teardown } from "../../store/teardown.ts";
import { withStore } from "../command-context.ts";
import { plural } from "../format.ts";
import type { Terminal } from "../terminal.ts";

export function teardownCommand(terminal: Terminal): Command {
  return new Command("teardown")
    .description("take the project away for ever: its tables with their history, its registry, its online rows")
    .option("--confirm <project>", "the project's name, to be sure; asked for on a terminal when left out")
    .addHelpText(
      "after",
      "\nThe files of the repository stay, and tables of data sources, which belong to others.\n\nExample:\n  icecore teardown --confirm rides",
    )
    .action(({ confirm }: { readonly confirm?: string }, command: Command) =>
      withStore(terminal, command, async ({ store, output }) => {
        const plan = await store.planTeardown();
        const given = confirm ?? (await ask(terminal, plan));
        if (given !== plan.project) {
          throw new InvalidArgumentError(
            given === undefined
              ? `nothing was taken away; to be sure, say --confirm ${plan.project}`
              : `nothing was taken away: this project is "${plan.project}", not "${given}"`,
          );
        }
        await store.tearDown();
        output.result(plan, () => `Took away ${describe(plan)}.`);
      }),
    );
}

/** What was typed; undefined where nobody can be asked. */
async function ask({ stdin, stderr }: Terminal, plan: Teardown): Promise<string | undefined> {
  if (stdin?.isTTY !== true) return undefined;
  const prompt = createInterface({ input: stdin, output: stderr as NodeJS.WritableStream });
  try {
    // Ctrl-C and Ctrl-D close the prompt, and answer nothing.
    const closed = once(prompt, "close").then(() => undefined);
    const asked = prompt.question(`This takes away ${describe(plan)}.\nType the project's name to go on: `);
    return (await Promise.race([asked, closed]))?.trim();
  } finally {
    prompt.close();
  }
}

function describe({ project, tables, views, trainingSets }: Teardown): string {
  const lost =
    trainingSets.length === 0
      ? ""
      : `; ${plural(trainingSets.length, "training set")} cannot be made again (${trainingSets.join(", ")})`;
  return `project "${project}": ${plural(tables.length, "table")} with their history (${tables.join(", ")}), and the online rows of ${plural(views.length, "feature view")}${lost}`;
}

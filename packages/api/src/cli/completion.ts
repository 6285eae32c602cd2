import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/**
 * Adds `icecore completion SHELL`, which prints a script for the shell, and the hidden command that the script asks. Names
 * of feature views are those that the files of the working directory define: nothing is opened for them.
 */
export function addCompletion(program: Command): void {
  const completion = tab(program, { completionCommandName: "completion" });
  let views: readonly string[] = [];
  for (const command of completion.commands.values()) {
    const view = command.arguments.get("view");
    if (view === undefined) continue;
    view.handler = (complete) => {
      for (const name of views) complete(name, "feature view");
    };
  }
  // The handlers are called at once, and cannot wait for what they need.
  findCommand(program, "complete")?.hook("preAction", async () => {
    const { definedViews } = await import("../definitions/defined-views.ts");
    views = await definedViews(".");
  });
  findCommand(program, "completion")
    ?.description("print a script that completes commands, options and feature views in a shell")
    .addHelpText(
      "after",
      "\nExamples:\n  source <(icecore completion bash)\n  icecore completion zsh > ~/.zfunc/_icecore\n  icecore completion fish > ~/.config/fish/completions/icecore.fish",
    );
}

function findCommand(program: Command, name: string): Command | undefined {
  return program.commands.find((command) => command.name() === name);
}

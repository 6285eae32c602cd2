import { readdirSync, readFileSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { findCalls, isText, propertyValue } from "../definitions/syntax.ts";

/**
 * Adds `icecore completion SHELL`, which prints a script for the shell, and the hidden command that the script asks. Names
 * of feature views are those that the files of the working directory define: nothing is opened for them.
 */
export function addCompletion(program: Command): void {
  const completion = tab(program, { completionCommandName: "completion" });
  for (const command of completion.commands.values()) {
    const view = command.arguments.get("view");
    if (view === undefined) continue;
    view.handler = (complete) => {
      for (const name of definedViews(".")) complete(name, "feature view");
    };
  }
  program.commands
    .find((command) => command.name() === "completion")
    ?.description("print a script that completes commands, options and feature views in a shell")
    .addHelpText(
      "after",
      "\nExamples:\n  source <(icecore completion bash)\n  icecore completion zsh > ~/.zfunc/_icecore\n  icecore completion fish > ~/.config/fish/completions/icecore.fish",
    );
}

function definedViews(directory: string): readonly string[] {
  const files = readdirSync(directory).filter((name) => /\.m?ts$/.test(name));
  return files.flatMap((file) =>
    findCalls(readFileSync(`${directory}/${file}`, "utf8")).flatMap((call) => {
      const name = propertyValue(call.arguments[0], "name");
      return call.callee === "defineFeatureView" && isText(name) ? [name.value] : [];
    }),
  );
}

import { relative } from "node:path";
import { Command } from "commander";
import type { GlobalOptions } from "../command-context.ts";
import { Output, type Terminal } from "../terminal.ts";

export function initCommand(terminal: Terminal): Command {
  return new Command("init")
    .description("make a feature repository that works at once, with definitions and sample data")
    .argument("<dir>", "a new or empty directory")
    .addHelpText("after", "\nExample:\n  icecore init rides")
    .action(async (directory: string, _, command: Command) => {
      const output = new Output(terminal, command.optsWithGlobals<GlobalOptions>().json === true);
      const { initRepo } = await import("../../init/init-repo.ts");
      const files = await initRepo(directory, new Date());
      output.result({ directory, files }, () => {
        const lines = files.map((file) => `  ${relative(process.cwd(), file)}`);
        return [
          `Made a feature repository in ${directory}:`,
          ...lines,
          "",
          `Next: cd ${directory}, and follow its README.md.`,
        ].join("\n");
      });
    });
}

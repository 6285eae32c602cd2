import { resolve } from "node:path";
import { Command } from "commander";
import type { Finding } from "../../doctor/finding.ts";
import type { GlobalOptions } from "../command-context.ts";
import { Output, type Terminal } from "../terminal.ts";

export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .description("say what is reachable, which versions there are, what is misconfigured, and how to mend it")
    .addHelpText("after", "\nExit code 1 when something has to be mended.\n\nExample:\n  icecore doctor --json")
    .action(async (_: unknown, command: Command) => {
      const { repo, json } = command.optsWithGlobals<GlobalOptions>();
      const output = new Output(terminal, json === true);
      const { examine } = await import("../../doctor/examine.ts");
      const findings = await examine({ repo: resolve(repo), environment: terminal.env, now: new Date() });
      output.result({ findings }, () => findings.map((finding) => findingText(finding, output)).join("\n"));
      if (findings.some(({ status }) => status === "failed")) terminal.exitCode = 1;
    });
}

function findingText({ part, status, message, mend }: Finding, { colors }: Output): string {
  const sign = {
    ok: colors.green("ok     "),
    warning: colors.yellow("warning"),
    failed: colors.red("failed "),
    skipped: colors.dim("skipped"),
  }[status];
  const lines = message.split("\n");
  const indented = [...lines.slice(1), ...(mend === undefined ? [] : [`-> ${mend}`])].map((line) => `         ${line}`);
  return [`${sign}  ${colors.bold(part)}: ${lines[0]}`, ...indented].join("\n");
}

import { Presets, SingleBar } from "cli-progress";
import { formatCount } from "./format.ts";
import type { OutputStream } from "./terminal.ts";

/** Shows how far long work is: a bar on a terminal, nothing elsewhere. */
export interface ProgressBar {
  update(done: number, total: number, label?: string): void;
  stop(): void;
}

/** A bar on `stream`, gone when the work is done. */
export function progressBar(stream: OutputStream, label: string): ProgressBar {
  if (stream.isTTY !== true) return { update() {}, stop() {} };
  const bar = new SingleBar(
    {
      format: "{label} {bar} {percentage}% | {value}/{total} | {rate}/s",
      stream: stream as NodeJS.WritableStream,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    },
    Presets.shades_grey,
  );
  let began: number | undefined;
  return {
    update(done, total, text = label) {
      if (began === undefined) bar.start(total, 0, { label: text, rate: "0" });
      began ??= performance.now();
      const seconds = Math.max((performance.now() - began) / 1000, 0.001);
      bar.setTotal(total);
      bar.update(done, { label: text, rate: formatCount(Math.round(done / seconds)) });
    },
    stop: () => bar.stop(),
  };
}

import { Presets, SingleBar } from "cli-progress";
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
      format: "{label} {bar} {percentage}% | {value}/{total}",
      stream: stream as NodeJS.WritableStream,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    },
    Presets.shades_grey,
  );
  let started = false;
  return {
    update(done, total, text = label) {
      if (!started) bar.start(total, 0, { label: text });
      started = true;
      bar.setTotal(total);
      bar.update(done, { label: text });
    },
    stop: () => bar.stop(),
  };
}

import { SingleBar } from "cli-progress";
import colors from "picocolors";

/** Tells a user what each step of a demo does, proves, and costs. */
export class Story {
  readonly #started = performance.now();
  #step = 0;

  /** Runs a step and prints its heading, what it says, and how long it took. */
  async step<T>(title: string, work: (say: (line: string) => void, progress: Progress) => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#step++;
    console.log(`\n${colors.bold(`${this.#step}. ${title}`)}`);
    const result = await withProgress((progress) => work((line) => console.log(`   ${line}`), progress));
    console.log(colors.dim(`   ${seconds(started)}`));
    return result;
  }

  end(): void {
    console.log(`\n${colors.bold("Done")} in ${seconds(this.#started)}.`);
  }
}

/** Shows how far long work is, on a terminal. */
export type Progress = (label: string, done: number, total: number) => void;

/** Marks a line that says what has been proved. */
export const proved = (text: string) => `${colors.green("✓")} ${text}`;

async function withProgress<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  if (process.stderr.isTTY !== true) return work(() => {});
  const bar = new SingleBar({
    format: "   {bar} {percentage}% {label}",
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
  });
  bar.start(1, 0, { label: "" });
  const paused = pauseWhilePrinting(bar);
  try {
    return await work((label, done, total) => {
      bar.setTotal(total);
      bar.update(done, { label });
    });
  } finally {
    paused.restore();
    bar.stop();
  }
}

/** A bar and printed lines share the terminal: the bar's line is cleared before each. */
function pauseWhilePrinting(bar: SingleBar): { restore(): void } {
  const print = console.log;
  console.log = (...items: unknown[]) => {
    process.stderr.write("\r\u001b[K");
    print(...items);
    bar.render();
  };
  return {
    restore() {
      console.log = print;
    },
  };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

import { Presets, SingleBar } from 'cli-progress';
import type { BenchProgress } from '../run/bench-run.ts';

/** A progress line on stderr, on a terminal only. */
export class BenchProgressLine {
  #bar: SingleBar | undefined;

  update({ done, runs, repeat, cell, variant }: BenchProgress): void {
    if (!process.stderr.isTTY || process.env.CI !== undefined) return;
    const payload = { repeat, what: `${cell.phase}, ${cell.vcpus} vCPUs, aging ${cell.aging}, ${variant}` };
    if (this.#bar === undefined) {
      const format = '{bar} {value} of {total} runs, {eta_formatted} left  repeat {repeat}: {what}';
      this.#bar = new SingleBar(
        { format, stream: process.stderr, clearOnComplete: true, hideCursor: true, barsize: 24, gracefulExit: false },
        Presets.shades_classic,
      );
      this.#bar.start(runs, done, payload);
    }
    this.#bar.update(done, payload);
  }

  stop(): void {
    this.#bar?.stop();
  }
}

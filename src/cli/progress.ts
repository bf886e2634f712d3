import { Presets, SingleBar } from 'cli-progress';
import type { VariantProgress } from '../run/variant-run.ts';

/** A progress line on stderr, on a terminal only. */
export class StressProgress {
  #bar: SingleBar | undefined;
  #variant = '';

  update(progress: VariantProgress): void {
    if (!process.stderr.isTTY || process.env['CI'] !== undefined) return;
    if (progress.variant !== this.#variant) {
      this.stop();
      this.#variant = progress.variant;
    }
    const total = Math.max(1, (progress.durationMs ?? 0) / 1000);
    if (this.#bar === undefined) {
      const format =
        progress.durationMs === null
          ? '{variant}  {accesses} M accesses, {calls} aging calls'
          : '{variant} {bar} {percentage}%  {accesses} M accesses, {calls} aging calls';
      this.#bar = new SingleBar(
        { format, stream: process.stderr, clearOnComplete: true, hideCursor: true, barsize: 24, gracefulExit: false },
        Presets.shades_classic,
      );
      this.#bar.start(total, 0, this.#payload(progress));
    }
    this.#bar.update(Math.min(progress.seconds, total), this.#payload(progress));
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #payload(progress: VariantProgress): Record<string, string> {
    return {
      variant: progress.variant,
      accesses: (progress.accesses / 1e6).toFixed(1),
      calls: progress.agingCalls.toLocaleString('en-US'),
    };
  }
}

import { openSync, readSync } from 'node:fs';

/**
 * How long this thread has been ready to run and had no core, in nanoseconds: the second number of Linux's
 * /proc/thread-self/schedstat. What the hypervisor takes from a core is not in it. Always 0 where there is no such file.
 */
export class CoreWait {
  readonly #file = open();
  readonly #text = Buffer.alloc(128);

  read(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#text, 0, this.#text.length, 0);
    return Number(this.#text.toString('latin1', 0, length).split(' ')[1] ?? 0);
  }
}

/** The file is that of the thread that opens it, whoever reads it. */
function open(): number | undefined {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
}

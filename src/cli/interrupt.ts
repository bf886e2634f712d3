import { ExitCode } from './exit-code.ts';

/** Turns the first SIGINT or SIGTERM into an orderly stop; the second ends the process at once. */
export class Interrupt {
  readonly #controller = new AbortController();
  #exitCode: number | undefined;

  constructor() {
    for (const [name, code] of [
      ['SIGINT', ExitCode.interrupted],
      ['SIGTERM', ExitCode.terminated],
    ] as const) {
      process.on(name, () => {
        if (this.#exitCode !== undefined) process.exit(code);
        this.#exitCode = code;
        this.#controller.abort();
      });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code of the signal, or undefined if none came. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }
}

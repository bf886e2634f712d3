import type { z } from 'zod';
import { InputError } from '../shared/input-error.ts';
import { checkEachVmHasMemory, checkMemslot } from './check-memslots.ts';
import { checkOperation } from './check-operation.ts';
import { inLine, shortJson } from './input-place.ts';
import { type LocatedYaml, type Path, parseLocatedYaml } from './located-yaml.ts';
import { parseOperation } from './parse-operation.ts';
import type {
  Expectation,
  Scenario,
  ScenarioMachine,
  ScenarioMemslot,
  ScenarioThread,
  ThreadOperation,
  ThreadPlace,
} from './scenario.ts';
import { type KnownNames, type ScenarioDocument, scenarioSchema } from './scenario-schema.ts';
import { parseThreadName, threadIdentity } from './thread-name.ts';

export interface ParseScenarioOptions extends KnownNames {
  /** What errors and results call it; `null` if it came from no file. */
  readonly file: string | null;
}

/**
 * Reads a scenario from its text, YAML or JSON.
 *
 * @throws InputError in one line, with the file and line of whatever is wrong and what would have been accepted
 */
export function parseScenario(text: string, options: ParseScenarioOptions): Scenario {
  const { file } = options;
  const yaml = parseLocatedYaml(text, file);
  return new ScenarioReader(file, yaml, validate(file, yaml, scenarioSchema(options))).read();
}

function validate(file: string | null, yaml: LocatedYaml, schema: ReturnType<typeof scenarioSchema>): ScenarioDocument {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  const [worst] = result.error.issues
    .map((issue) => located(issue, yaml))
    .sort((a, b) => a.rank - b.rank || a.line - b.line);
  return inLine(file, worst?.line ?? 1, () => {
    throw new InputError(worst?.problem ?? 'no scenario');
  });
}

interface Located {
  readonly line: number;
  readonly problem: string;
  /** Of several things that are wrong, the one that explains the others has the lowest. */
  readonly rank: number;
}

function located(issue: z.core.$ZodIssue, yaml: LocatedYaml): Located {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...path, issue.keys[0] ?? ''];
    return {
      line: yaml.lineOfKey(unknown),
      problem: `"${unknown.join('.')}" is not known; accepted: ${message}`,
      rank: 1,
    };
  }
  let value: unknown = yaml.value;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const name = path.length === 0 ? 'the document' : `"${path.join('.')}"`;
  const problem = `${name} ${value === undefined ? 'is missing' : `is ${shortJson(value)}`}; accepted: ${message}`;
  return { line: yaml.lineAt(path), problem, rank: path[0] === 'schema' ? 0 : 2 };
}

/** Makes a scenario of a document that has everything in its place, and looks whether its parts fit together. */
class ScenarioReader {
  readonly #file: string | null;
  readonly #yaml: LocatedYaml;
  readonly #document: ScenarioDocument;
  readonly #machine: ScenarioMachine;
  readonly #memslots: readonly ScenarioMemslot[];

  constructor(file: string | null, yaml: LocatedYaml, document: ScenarioDocument) {
    this.#file = file;
    this.#yaml = yaml;
    this.#document = document;
    this.#machine = document.machine;
    this.#memslots = document.memslots;
  }

  read(): Scenario {
    const { name, description, variant } = this.#document;
    this.#checkMachine();
    this.#checkMemslots();
    const setup = this.#setup();
    const threads = this.#threads();
    this.#checkVcpus(setup, threads);
    return {
      file: this.#file,
      name,
      description,
      variant,
      machine: this.#machine,
      memslots: this.#memslots,
      setup,
      threads,
      expect: this.#expect(),
    };
  }

  #at<Result>(path: Path, read: () => Result): Result {
    return inLine(this.#file, this.#yaml.lineAt(path), read);
  }

  #atKey<Result>(path: Path, read: () => Result): Result {
    return inLine(this.#file, this.#yaml.lineOfKey(path), read);
  }

  #checkMachine(): void {
    const { layout, adBits } = this.#machine;
    this.#at(['machine', 'layout'], () => {
      if (layout === 'legacy' && !adBits) {
        throw new InputError(
          '"machine.layout" is "legacy" without "adBits"; accepted: ept, or "adBits: true" (legacy SPTEs have no access tracking)',
        );
      }
    });
  }

  #checkMemslots(): void {
    for (const [index, slot] of this.#memslots.entries()) {
      this.#at(['memslots', index], () => checkMemslot(slot, this.#memslots.slice(0, index), this.#machine));
    }
    this.#atKey(['memslots'], () => checkEachVmHasMemory(this.#memslots, this.#machine));
  }

  #setup(): readonly ThreadOperation[] {
    return this.#document.setup.flatMap((step, index) =>
      Object.entries(step).map(([thread, text]) => {
        const path = ['setup', index, thread];
        const place = this.#atKey(path, () => parseThreadName(thread, this.#machine.vms));
        return { thread, ...place, operation: this.#operation(text, path, place) };
      }),
    );
  }

  #threads(): readonly ScenarioThread[] {
    const names = new Map<string, string>();
    return Object.entries(this.#document.threads).map(([name, texts]) => {
      const place = this.#atKey(['threads', name], () => {
        const parsed = parseThreadName(name, this.#machine.vms);
        const identity = threadIdentity(name, parsed);
        const other = names.get(identity);
        if (other !== undefined) {
          throw new InputError(`thread ${name} is thread ${other}, which is there already; accepted: each thread once`);
        }
        names.set(identity, name);
        return parsed;
      });
      const operations = texts.map((text, index) => this.#operation(text, ['threads', name, index], place));
      return { name, ...place, operations };
    });
  }

  #operation(text: string, path: Path, place: ThreadPlace) {
    const operation = parseOperation(text, this.#yaml.lineAt(path), this.#file);
    this.#at(path, () => checkOperation(operation, place, { machine: this.#machine, memslots: this.#memslots }));
    return operation;
  }

  /** vCPUs are numbered from 0 on, in each virtual machine. Those that only the setup uses count. */
  #checkVcpus(setup: readonly ThreadOperation[], threads: readonly ScenarioThread[]): void {
    const used = [
      ...setup.map(({ thread, vm, vcpu }, index) => ({ name: thread, vm, vcpu, path: ['setup', index, thread] })),
      ...threads.map(({ name, vm, vcpu }) => ({ name, vm, vcpu, path: ['threads', name] })),
    ];
    for (const { name, vm, vcpu, path } of used) {
      if (vcpu === null || vcpu === 0) continue;
      if (used.some((other) => other.vm === vm && other.vcpu === vcpu - 1)) continue;
      this.#atKey(path, () => {
        throw new InputError(`${name} without a vcpu${vcpu - 1}; accepted: vCPUs numbered from 0 on without gaps`);
      });
    }
  }

  #expect(): ReadonlyMap<string, Expectation> {
    const expect = new Map<string, Expectation>();
    for (const [variant, expectation] of Object.entries(this.#document.expect)) {
      if (expectation !== undefined) expect.set(variant, expectation);
    }
    return expect;
  }
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, describe, expect, it } from 'vitest';

const { forbidden, options } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The rules that one file breaks by importing another, in a project that has only these two. */
async function rulesBrokenBy(from: string, statement: string, to: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'import-directions-'));
  folders.push(folder);
  const files = { [from]: `${statement}\n`, [to]: "export const a = 1;\nexport type A = 'a';\n" };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const cruiseOptions: ICruiseOptions = {
    baseDir: folder,
    ruleSet: { forbidden },
    validate: true,
    doNotFollow: options.doNotFollow,
    tsPreCompilationDeps: options.tsPreCompilationDeps,
  };
  const { output } = await cruise(['src'], cruiseOptions, options.enhancedResolveOptions);
  return (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name);
}

function importOf(from: string, to: string, kind: 'import' | 'import type' = 'import'): Promise<string[]> {
  const statement =
    kind === 'import' ? `import { a } from '../${to}';\nexport const b = a;` : `import type { A } from '../${to}';`;
  return rulesBrokenBy(
    `src/${from}`,
    kind === 'import' ? statement : `${statement}\nexport const b: A = 'a';`,
    `src/${to}`,
  );
}

describe('import directions', () => {
  it.each([
    ['shared/x.ts', 'locks/y.ts', 'shared-stays-in-its-place'],
    ['locks/x.ts', 'mmu/y.ts', 'locks-stays-in-its-place'],
    ['mmu/x.ts', 'notifier/y.ts', 'mmu-stays-in-its-place'],
    ['mmu/x.ts', 'variants/y.ts', 'mmu-stays-in-its-place'],
    ['notifier/x.ts', 'lru/y.ts', 'notifier-stays-in-its-place'],
    ['lru/x.ts', 'verify/y.ts', 'lru-stays-in-its-place'],
    ['lru/x.ts', 'reclaim/y.ts', 'lru-stays-in-its-place'],
    ['reclaim/x.ts', 'run/y.ts', 'reclaim-stays-in-its-place'],
    ['reclaim/x.ts', 'variants/y.ts', 'reclaim-stays-in-its-place'],
    ['variants/x.ts', 'run/y.ts', 'variants-stays-in-its-place'],
    ['verify/x.ts', 'mmu/y.ts', 'verify-stays-in-its-place'],
    ['explore/x.ts', 'mmu/y.ts', 'explore-stays-in-its-place'],
    ['scenario/x.ts', 'run/y.ts', 'scenario-stays-in-its-place'],
    ['stress/x.ts', 'run/y.ts', 'stress-stays-in-its-place'],
    ['workers/x.ts', 'run/y.ts', 'workers-stays-in-its-place'],
    ['workers/x.ts', 'report/y.ts', 'workers-stays-in-its-place'],
    ['run/x.ts', 'workers/y.ts', 'run-imports-types-only'],
    ['run/x.ts', 'report/y.ts', 'run-stays-in-its-place'],
    ['report/x.ts', 'run/y.ts', 'report-imports-types-only'],
    ['report/x.ts', 'mmu/y.ts', 'report-stays-in-its-place'],
    ['run/x.ts', 'cli/y.ts', 'nobody-imports-the-cli'],
    ['attic/x.ts', 'shared/y.ts', 'every-room-is-known'],
    ['shared/x.ts', 'index.ts', 'shared-stays-in-its-place'],
  ])('%s may not import %s', async (from, to, rule) => {
    expect(await importOf(from, to)).toContain(rule);
  });

  it.each([
    ['locks/x.ts', 'shared/y.ts', 'import'],
    ['workers/x.ts', 'verify/y.ts', 'import'],
    ['reclaim/x.ts', 'lru/y.ts', 'import'],
    ['run/x.ts', 'reclaim/y.ts', 'import'],
    ['report/x.ts', 'reclaim/y.ts', 'import type'],
    ['run/x.ts', 'workers/y.ts', 'import type'],
    ['report/x.ts', 'run/y.ts', 'import type'],
    ['cli/x.ts', 'report/y.ts', 'import'],
  ] as const)('%s may import %s (%s)', async (from, to, kind) => {
    expect(await importOf(from, to, kind)).toEqual([]);
  });

  it('the index may import any room', async () => {
    expect(await rulesBrokenBy('src/index.ts', "export { a } from './cli/y.ts';", 'src/cli/y.ts')).toEqual([
      'nobody-imports-the-cli',
    ]);
    expect(await rulesBrokenBy('src/index.ts', "export { a } from './run/y.ts';", 'src/run/y.ts')).toEqual([]);
  });

  it('forbids cycles, of types too', async () => {
    const broken = await rulesBrokenBy(
      'src/mmu/x.ts',
      "import type { A } from './x.ts';\nexport type { A };",
      'src/mmu/y.ts',
    );
    expect(broken).toContain('no-cycles');
  });

  it('keeps Node and packages out of the protocol', async () => {
    const core = await rulesBrokenBy(
      'src/mmu/x.ts',
      "import { hrtime } from 'node:process';\nhrtime();",
      'src/mmu/y.ts',
    );
    expect(core).toContain('protocol-depends-on-nothing-outside');
  });

  it('rejects an import that leads nowhere', async () => {
    expect(await rulesBrokenBy('src/run/x.ts', "import './gone.ts';", 'src/run/y.ts')).toContain(
      'no-import-to-nowhere',
    );
  });
});

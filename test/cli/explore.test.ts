import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli, withFolder } from '../support/cli/run-cli.ts';

const PETERSON = fileURLToPath(new URL('../../examples/explore/peterson.mjs', import.meta.url));

/** Far more states than anybody waits for. */
const ENDLESS = `
const words = Object.fromEntries(Array.from({ length: 6 }, (_, i) => ['w' + i, 0]));
const thread = (k) => (m, w) => Array.from({ length: 6 }, (_, i) => m.fetchAdd(w['w' + ((i * k + 1) % 6)], k));
export const endless = { words, threads: [1, 2, 3, 4, 5, 6].map(thread) };
`;

describe.concurrent('pte-aging explore', () => {
  it('proves one lock and tells the shortest story of the other', async () => {
    const { code, stdout } = await runCli(['explore', PETERSON]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^peterson: holds, complete \(model sc; 82 states, 132 transitions/m);
    expect(stdout).toMatch(/^politeFirst: violated, complete/m);
    expect(stdout).toMatch(/2 preemptions, 2 switches, 9 steps: minimal \(proven\)/);
  });

  it('writes nothing but JSON to stdout, with counts that may outgrow numbers as text', async () => {
    const { code, stdout } = await runCli(['explore', PETERSON, '--json']);
    const { schema, explorations } = JSON.parse(stdout);
    expect([code, schema]).toEqual([1, 'pte-aging/explore@1']);
    expect(
      explorations.map(({ name, result }: { name: string; result: { verdict: string } }) => [name, result.verdict]),
    ).toEqual([
      ['peterson', 'holds'],
      ['politeFirst', 'violated'],
    ]);
  });

  it('says that it does not know if its budget ends first', async () => {
    await withFolder(async (cwd) => {
      writeFileSync(join(cwd, 'endless.mjs'), ENDLESS);
      const { code, stdout } = await runCli(['explore', 'endless.mjs', '--max-states=10K'], { cwd });
      expect(code).toBe(4);
      expect(stdout).toMatch(/^endless: unknown, incomplete/);
    });
  });

  it('says where a module holds nothing to explore', async () => {
    await withFolder(async (cwd) => {
      writeFileSync(join(cwd, 'empty.mjs'), 'export const nothing = 1;');
      const { code, stdout, stderr } = await runCli(['explore', 'empty.mjs'], { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^pte-aging: empty\.mjs: exports no exploration; accepted: /);
    });
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli, SHORT, withFolder } from '../support/cli/run-cli.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

describe.skipIf(!existsSync('/dev/full'))('a disk that is full', () => {
  it('takes nothing from what was printed, nor from other files', () =>
    withFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli([...SHORT, '--json=/dev/full', '--junit=out.xml'], { cwd });
      expect([code, stderr]).toEqual([3, 'pte-aging: harness failure: --json: cannot write /dev/full (ENOSPC)\n']);
      expect(stdout).toMatch(/^seed 1$/m);
      expect(readFileSync(join(cwd, 'out.xml'), 'utf8')).toContain('</testsuites>');
    }));

  it('is one line if it is stdout', () => {
    const { status, stderr } = spawnSync('bash', ['-c', `"${process.execPath}" "${MAIN}" list variants > /dev/full`]);
    expect([status, String(stderr)]).toEqual([3, 'pte-aging: harness failure: cannot write to stdout (ENOSPC)\n']);
  });
});

it('a result replaces an older one where that is, through a link, and leaves nothing beside it', () =>
  withFolder(async (cwd) => {
    writeFileSync(join(cwd, 'old.json'), 'old');
    symlinkSync('old.json', join(cwd, 'link.json'));
    expect((await runCli([...SHORT, '--quiet', '--json=link.json'], { cwd })).code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, 'old.json'), 'utf8'))).toHaveProperty('schema');
    expect(lstatSync(join(cwd, 'link.json')).isSymbolicLink()).toBe(true);
    expect(readdirSync(cwd).toSorted()).toEqual(['link.json', 'old.json']);
  }));

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, SHORT, withFolder } from '../support/cli/run-cli.ts';

it.skipIf(!existsSync('/dev/full'))(
  'a disk that is full takes nothing from what was printed, nor from other files',
  () =>
    withFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli([...SHORT, '--json=/dev/full', '--junit=out.xml'], { cwd });
      expect([code, stderr]).toEqual([3, 'pte-aging: harness failure: --json: cannot write /dev/full (ENOSPC)\n']);
      expect(stdout).toMatch(/^seed 1$/m);
      expect(readFileSync(join(cwd, 'out.xml'), 'utf8')).toContain('</testsuites>');
    }),
);

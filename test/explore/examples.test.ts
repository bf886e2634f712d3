import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const directory = fileURLToPath(new URL('../../examples/explore/', import.meta.url));
const examples = readdirSync(directory).filter((name) => /^\d/.test(name));

describe('examples of the checker', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  for (const name of examples) {
    it(`${name} shows a bug found and the fix proven`, { timeout: 30_000 }, () => {
      const output = execFileSync(process.execPath, ['--import', 'tsx', directory + name], { encoding: 'utf8' });
      expect(output.match(/^[^ ].*: violated \(/gm)).toHaveLength(1);
      expect(output.match(/^[^ ].*: holds \(/gm)).toHaveLength(1);
      expect(output).toContain('minimal (proven)');
    });
  }
});

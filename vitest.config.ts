import { defineConfig } from 'vitest/config';
import { TEST_TIMEOUT_MS } from './test/support/property-settings.ts';

/** Real threads compete with whatever else runs: these projects come after the others, one file at a time. */
const alone = (groupOrder: number) => ({ fileParallelism: false, sequence: { groupOrder }, testTimeout: 60_000 });

/** These run `dist`. */
const built = { globalSetup: ['test/build-setup.ts'] };

export default defineConfig({
  test: {
    // A project whose folder does not exist is no failure.
    passWithNoTests: true,
    globalSetup: ['test/global-setup.ts'],
    projects: [
      project('unit'),
      project('property'),
      project('architecture'),
      project('explore'),
      project('conform'),
      project('scenarios'),
      project('threads', { ...alone(1), ...built }),
      project('cli', { ...alone(2), ...built }),
      project('browser', { ...alone(3), ...built }),
    ],
  },
});

function project(name: string, options: object = {}) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      setupFiles: ['test/setup.ts'],
      testTimeout: TEST_TIMEOUT_MS,
      ...options,
    },
  };
}

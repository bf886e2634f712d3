import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why tests that need a browser are skipped; null: they are not. With REQUIRE_BROWSER=1 they fail instead. */
export const skipReason: string | null =
  existsSync(EXECUTABLE) || process.env.REQUIRE_BROWSER === '1'
    ? null
    : `no browser at ${EXECUTABLE}: scripts/install-chromium.sh installs one, CHROMIUM names another`;

export function launchChromium(): Promise<Browser> {
  // A browser that runs as root has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: EXECUTABLE, args });
}

import type { CheckViolation } from '../../../src/check/check-result.ts';
import type { Scenario, ScenarioOperationName } from '../../../src/scenario/scenario.ts';

/** Properties whose violation by version 3 needs no more to be told: docs/findings.md has where each comes from. */
const plainly: Readonly<Record<string, string>> = {
  'null-dereference': 'V1',
  'use-after-invalidate': 'V3',
  'write-unprotected': 'V3',
  'dirty-lost': 'V3',
  'sentinel-clobbered': 'V3',
  'malformed-spte': 'V3',
  'use-after-free': 'V4',
  'lock-discipline': 'V4',
  'wrong-flags': 'V6',
  'out-of-range': 'V7',
};

/** The finding of docs/findings.md that a violation by version 3 comes from; undefined if it is a new one. */
export function version3Finding(scenario: Scenario, violation: CheckViolation): string | undefined {
  const { property, message } = violation;
  if (property in plainly) return plainly[property];
  const { machine, memslots } = scenario;
  const operations = operationsOf(scenario);
  const does = (...names: readonly ScenarioOperationName[]): boolean => names.some((name) => operations.has(name));
  const walks = does('lruWalk', 'lruEvict');
  const hasRmaps = !machine.tdpMmu || does('nestedRead', 'nestedWrite', 'createShadowRoot');
  switch (property) {
    case 'kernel-warning':
      return message.startsWith('lockdep') ? 'V4' : message.includes('gfn < range->start') ? 'V7' : undefined;
    case 'access-lost':
      if (walks && (hasRmaps || !machine.adBits)) return 'V2';
      if (walks) return 'V5';
      if (machine.hugePages) return 'V7';
      return hasRmaps && memslots.length > 1 ? 'V6' : undefined;
    case 'access-misreported':
      if (walks) return 'V5';
      return does('getDirtyLog', 'clearDirtyLog', 'dirtyLogOn') ? 'V3' : undefined;
    default:
      return undefined;
  }
}

function operationsOf({ setup, threads }: Scenario): ReadonlySet<ScenarioOperationName> {
  return new Set([
    ...setup.map(({ operation }) => operation.op),
    ...threads.flatMap(({ operations }) => operations.map(({ op }) => op)),
  ]);
}

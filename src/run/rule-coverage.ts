import type { TraceResult } from '../conform/trace-result.ts';
import type { Rules } from '../mmu/rules.ts';
import type { RuleCoverage } from './conform-result.ts';

/** How often the operations of traces asked each rule of one rule set. */
export function coverRules(rules: Rules, traces: readonly Pick<TraceResult, 'ruleUses'>[]): RuleCoverage[] {
  return Object.entries(rules).map(([rule, value]) => {
    const uses = traces.map(({ ruleUses }) => ruleUses[rule] ?? 0).filter((operations) => operations > 0);
    return { rule, value, operations: uses.reduce((sum, operations) => sum + operations, 0), traces: uses.length };
  });
}

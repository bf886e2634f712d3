import type { CheckedScenario } from '../../../src/check/check-result.ts';

/** What a report must not take for its own: markup, the end of a script, colours, Mermaid's words, lone surrogates. */
export const STRANGE = `</script>]]><!-- <b onclick='x()'>"&amp;";end # %%{init}%% \`y\`\n\u001b[31m\u202e\ud800 é 漢 -->>: $& |`;

/** The document with strange text in each string that is no fixed word. */
export function withStrangeNames(scenario: CheckedScenario): CheckedScenario {
  const { verdict, expectation, interleavings } = scenario;
  const strange = scenario.violations.map((violation) => ({
    ...(strangely(violation) as typeof violation),
    class: violation.class,
    schedule: violation.schedule.map((step) => ({
      ...(strangely(step) as typeof step),
      op: step.op,
      switched: step.switched,
    })),
    passing: null,
  }));
  return {
    ...(strangely({ ...scenario, violations: [] }) as CheckedScenario),
    violations: strange,
    verdict,
    expectation,
    interleavings,
  };
}

export function strangely(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${STRANGE}`;
  if (Array.isArray(value)) return value.map(strangely);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strangely(item)]));
}

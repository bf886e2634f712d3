import type { ConformedTrace } from '../run/conform-result.ts';
import { machineOf } from './conform-tables.ts';
import { groupBy } from './group-by.ts';
import { variantLabel } from './variant-label.ts';

/** How far model and kernels agree: a row a scenario, a column a kernel with its MMU, and variant. */
export interface AgreementTable {
  readonly columns: readonly AgreementColumn[];
  readonly rows: readonly AgreementRow[];
}

export interface AgreementColumn {
  readonly machine: string;
  readonly variant: string;
  readonly mutant: string | null;
}

export interface AgreementRow {
  readonly scenario: string;
  /** In the order of columns; null where there is no trace. */
  readonly cells: readonly (Agreement | null)[];
}

/** In fields. */
export interface Agreement {
  readonly compared: number;
  readonly agreed: number;
  readonly skipped: number;
}

export function conformByScenario(traces: readonly ConformedTrace[]): AgreementTable {
  const byColumn = groupBy(traces, columnKey);
  const columns = [...byColumn.values()].flatMap(([trace]) =>
    trace === undefined ? [] : [{ machine: machineOf(trace), variant: trace.variant, mutant: trace.mutant }],
  );
  const rows = [...groupBy(traces, ({ scenario }) => scenario)].map(([scenario, ofScenario]) => ({
    scenario,
    cells: [...byColumn.keys()].map((key) => agreementOf(ofScenario.filter((trace) => columnKey(trace) === key))),
  }));
  return { columns, rows };
}

function columnKey(trace: ConformedTrace): string {
  return JSON.stringify([machineOf(trace), variantLabel(trace)]);
}

function agreementOf(traces: readonly ConformedTrace[]): Agreement | null {
  if (traces.length === 0) return null;
  const sum = (of: (trace: ConformedTrace) => number): number => traces.reduce((total, trace) => total + of(trace), 0);
  return {
    compared: sum(({ compared }) => compared),
    agreed: sum(({ agreements }) => agreements),
    skipped: sum(({ skipped }) => skipped.reduce((total, { count }) => total + count, 0)),
  };
}

import type { PropertyId, TolerationId } from '../shared/property.ts';

/** A violation, as the thread that saw it tells it. */
export interface Finding {
  readonly property: PropertyId;
  /** Host virtual page, or -1. */
  readonly page: number;
  /** What was seen, in words and numbers. */
  readonly detail: string;
}

/** Findings that are kept with their detail, for each property and thread. */
const KEPT_IN_DETAIL = 5;

/** What one thread's oracle has found: exact counts, the first few in detail. */
export class Findings {
  readonly violations: Partial<Record<PropertyId, number>> = {};
  readonly tolerated: Partial<Record<TolerationId, number>> = {};
  readonly details: Finding[] = [];

  get hasViolation(): boolean {
    return this.details.length > 0;
  }

  violation(property: PropertyId, page: number, detail: () => string): void {
    const count = (this.violations[property] ?? 0) + 1;
    this.violations[property] = count;
    if (count <= KEPT_IN_DETAIL) this.details.push({ property, page, detail: detail() });
  }

  toleration(reason: TolerationId): void {
    this.tolerated[reason] = (this.tolerated[reason] ?? 0) + 1;
  }
}

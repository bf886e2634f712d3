import type { AccessReports } from '../../../src/reclaim/access-reports.ts';

/** Reports that say what a test tells them to, and note what they were asked. */
export class ScriptedReports implements AccessReports {
  readonly checks: number[] = [];
  walks = 0;
  /** Pages that the next walk finds young. */
  youngToWalk: readonly number[] = [];
  /** By page: what its check finds young, itself among them if it is referenced. */
  readonly youngToCheck = new Map<number, readonly number[]>();

  agingWalk(promote: (page: number) => void): void {
    this.walks++;
    this.youngToWalk.forEach(promote);
  }

  checkReferences(page: number, promote: (page: number) => void): boolean {
    this.checks.push(page);
    const young = this.youngToCheck.get(page) ?? [];
    young.forEach(promote);
    return young.includes(page);
  }
}

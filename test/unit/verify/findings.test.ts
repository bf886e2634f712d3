import { describe, expect, it } from 'vitest';
import { Findings } from '../../../src/verify/findings.ts';

describe('Findings', () => {
  it('count all violations and keep the first of each property in detail', () => {
    const findings = new Findings();
    for (let page = 0; page < 100; page++) findings.violation('access-lost', page, () => `page ${page}`);
    findings.violation('use-after-free', -1, () => 'table');
    expect(findings.violations).toEqual({ 'access-lost': 100, 'use-after-free': 1 });
    expect(findings.details.map(({ page }) => page)).toEqual([0, 1, 2, 3, 4, -1]);
  });

  it('do not put details into words that they do not keep', () => {
    const findings = new Findings();
    let worded = 0;
    for (let i = 0; i < 100; i++) findings.violation('access-lost', 0, () => `${++worded}`);
    expect(worded).toBe(findings.details.length);
  });

  it('count what is tolerated apart', () => {
    const findings = new Findings();
    findings.toleration('zapped');
    findings.toleration('zapped');
    expect([findings.violations, findings.tolerated]).toEqual([{}, { zapped: 2 }]);
  });
});

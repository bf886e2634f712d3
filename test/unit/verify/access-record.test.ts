import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessRecord, beginOfAccess, endOfAccess, MAX_EPOCH } from '../../../src/verify/access-record.ts';

const epoch = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: MAX_EPOCH - 20, max: MAX_EPOCH }));

describe('The record of an access', () => {
  it('keeps when it ended, and when it began unless that is long before', () => {
    fc.assert(
      fc.property(epoch, fc.nat({ max: 20 }), (end, span) => {
        const begin = Math.max(1, end - span);
        const record = accessRecord(begin, end) | 0;
        expect(endOfAccess(record)).toBe(end);
        expect(beginOfAccess(record)).toBe(end - begin < 7 ? begin : 0);
      }),
    );
  });

  it('of no access at all looks as if it had ended before the first epoch', () => {
    expect([beginOfAccess(0), endOfAccess(0)]).toEqual([0, 0]);
  });

  it('differs from that of no access, for the first epoch too', () => {
    expect(accessRecord(1, 1)).not.toBe(0);
  });
});

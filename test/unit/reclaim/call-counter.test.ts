import { expect, it } from 'vitest';
import { CallCounter } from '../../../src/reclaim/call-counter.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';

const { callBegin, callEnd, clearedYoung, agingCallDone } = GhostEvent;

it('calls count, and not the pages that they cover', () => {
  const counter = new CallCounter();
  // A batch of version 3: two calls, told of as one.
  for (const event of [callBegin, callBegin, agingCallDone, clearedYoung, agingCallDone, callEnd, callEnd]) {
    counter.note(event);
  }
  expect(counter.calls).toBe(2);
  for (const event of [callBegin, agingCallDone, callEnd]) counter.note(event);
  expect(counter.calls).toBe(3);
});

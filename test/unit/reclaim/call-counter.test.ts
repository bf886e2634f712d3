import { expect, it } from 'vitest';
import { CallCounter } from '../../../src/reclaim/call-counter.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';

const { callBegin, callEnd, clearedYoung } = GhostEvent;

it('a call that covers several pages counts once', () => {
  const counter = new CallCounter();
  for (const event of [callBegin, callBegin, clearedYoung, callEnd, callEnd, callEnd]) counter.note(event);
  expect(counter.calls).toBe(1);
  for (const event of [callBegin, callEnd, callBegin, callEnd]) counter.note(event);
  expect(counter.calls).toBe(3);
});

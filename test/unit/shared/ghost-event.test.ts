import { expect, it } from 'vitest';
import { GhostEvent, isOpening } from '../../../src/shared/ghost-event.ts';

it('events have numbers of their own', () => {
  const numbers = Object.values(GhostEvent);
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('of a begin and an end, the begin opens and the end closes', () => {
  for (const [name, event] of Object.entries(GhostEvent)) {
    if (name.endsWith('Begin')) expect(isOpening(event), name).toBe(true);
    if (name.endsWith('End')) expect(isOpening(event), name).toBe(false);
  }
});

import type { CheckStep, WordValue } from '../../../src/check/check-result.ts';

type Change = readonly [before: string, after: string];

/** A step by hand; a word's text stands for its value, too. */
export function sampleStep(
  thread: string,
  operation: string,
  op: string,
  word: string,
  value: string | Change,
  more: Partial<CheckStep> = {},
): CheckStep {
  const [before, after] = typeof value === 'string' ? [value, value] : value;
  return {
    thread,
    operation,
    op,
    word,
    before: wordValue(before),
    after: wordValue(after),
    result: 1,
    note: null,
    switched: null,
    ...more,
  };
}

/** Equal texts are equal values. */
function wordValue(text: string): WordValue {
  return { value: [...text].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) | 0, 7), text };
}

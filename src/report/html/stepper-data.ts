import type { CheckViolation, WordValue } from '../../check/check-result.ts';
import { type NamedBit, spteParts, valueText } from '../named-bits.ts';
import { changesWord, stepText } from '../step-text.ts';

/** What the page's script needs to go through a schedule. */
export interface StepperData {
  readonly words: readonly StepperWord[];
  readonly steps: readonly StepperStep[];
  /** Steps that the passing schedule begins with, too. */
  readonly common: number;
}

interface StepperWord {
  readonly name: string;
  readonly changes: boolean;
  /** Before the first step. */
  readonly initial: StepperValue;
}

interface StepperStep {
  /** For a reader who does not see the table. */
  readonly text: string;
  /** Index of the word that is touched; -1: none. */
  readonly word: number;
  readonly after: StepperValue;
}

interface StepperValue {
  /** Without the bits. */
  readonly text: string;
  readonly bits: readonly NamedBit[];
}

export function stepperData({ schedule }: CheckViolation, common: number): StepperData {
  const changing = new Set(schedule.filter(changesWord).map(({ word }) => word));
  const touched = schedule.filter(({ before }) => before !== null);
  const names = [...new Set([...changing, ...touched.map(({ word }) => word)])];
  return {
    words: names.map((name) => ({
      name,
      changes: changing.has(name),
      initial: stepperValue(touched.find(({ word }) => word === name)?.before ?? null),
    })),
    steps: schedule.map((step) => ({
      text: `${step.thread}: ${stepText(step)}`,
      word: names.indexOf(step.word),
      after: stepperValue(step.after ?? step.before),
    })),
    common,
  };
}

function stepperValue(value: WordValue | null): StepperValue {
  if (value === null) return { text: '?', bits: [] };
  const parts = spteParts(value.text);
  if (parts === null) return { text: valueText(value.text), bits: [] };
  const { level, bits, adBits, backing } = parts;
  const texts = [
    `level ${level}`,
    ...(backing === null ? [] : [backing.join(' ')]),
    ...(adBits ? [] : ['no A/D bits']),
  ];
  return { text: texts.join(' · '), bits };
}

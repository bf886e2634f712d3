import type { CheckedScenario, CheckStep, CheckViolation } from '../check/check-result.ts';
import { foldedStepsText } from './folded-steps-text.ts';
import { mermaidName, mermaidNote, mermaidText } from './mermaid-text.ts';
import { type ScheduleLine, scheduleLines } from './schedule-lines.ts';
import { threadsOf } from './schedule-text.ts';
import { changesWord, isNote, stepText } from './step-text.ts';
import { variantLabel } from './variant-label.ts';
import { minimalityText, propertySentence, violationName } from './violation-text.ts';

/** A picture with more is not read. */
const DIAGRAM_LINES = 60;

/** One violation as a Mermaid sequence diagram: threads and the words that change are its participants. */
export function violationDiagram(scenario: CheckedScenario, violation: CheckViolation): string {
  const { schedule, pointOfNoReturn, message } = violation;
  const threads = threadsOf(schedule);
  const words = [...new Set(schedule.filter(changesWord).map(({ word }) => word))];
  const threadId = (thread: string): string => `t${threads.indexOf(thread)}`;
  const first = threads.length > 0 ? 't0' : 'checker';
  const last = words.length > 0 ? `w${words.length - 1}` : `t${threads.length - 1}`;
  const everyone = threads.length > 0 && first !== last ? `${first},${last}` : first;
  const noteOver = (who: string, text: string): string => `Note over ${who}: ${mermaidNote(text)}`;
  const sentence = propertySentence(violation);
  const title = `${violationName(violation)}: ${scenario.scenario} under ${variantLabel(scenario)}`;
  const lines = [
    ...(threads.length === 0 ? ['participant checker'] : []),
    ...threads.map((thread, index) => `actor t${index} as ${mermaidName(thread)}`),
    ...words.map((word, index) => `participant w${index} as ${mermaidName(word)}`),
    noteOver(everyone, title),
    ...(sentence === '' ? [] : [noteOver(everyone, sentence)]),
    ...scheduleLines(schedule, pointOfNoReturn, DIAGRAM_LINES).flatMap((line): string[] =>
      diagramLines(line, words, threadId, (text) => noteOver(everyone, text)),
    ),
    noteOver(everyone, `violated: ${message}`),
    noteOver(everyone, minimalityText(violation)),
  ];
  return `sequenceDiagram\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function diagramLines(
  line: ScheduleLine,
  words: readonly string[],
  threadId: (thread: string) => string,
  noteOverAll: (text: string) => string,
): string[] {
  switch (line.kind) {
    case 'switch':
      return [noteOverAll(line.text)];
    case 'no-return':
      return [noteOverAll('point of no return: from here on every schedule violates this')];
    case 'cut':
      return [noteOverAll(`… ${line.lines} lines are left out`)];
    case 'operation':
      return [`Note over ${threadId(line.thread)}: ${mermaidText(`${line.operation} begins`)}`];
    case 'fold':
      return [`Note over ${threadId(line.thread)}: ${mermaidText(foldedStepsText(line.steps))}`];
    case 'step':
      return stepArrow(line.step, line.index, words, threadId);
    default:
      return line satisfies never;
  }
}

/** A solid arrow to the word that a step changes, a dashed one from a word that it reads. */
function stepArrow(
  step: CheckStep,
  index: number,
  words: readonly string[],
  threadId: (thread: string) => string,
): string[] {
  const thread = threadId(step.thread);
  if (isNote(step)) return [`Note over ${thread}: ${mermaidText(step.note ?? '…')}`];
  const word = words.indexOf(step.word);
  const text = mermaidText(`${index + 1}. ${stepText(step)}`);
  const arrow =
    word === -1 ? `${thread}->>${thread}` : changesWord(step) ? `${thread}->>w${word}` : `w${word}-->>${thread}`;
  return [`${arrow}: ${text}`, ...(step.note === null ? [] : [`Note over ${thread}: ${mermaidText(step.note)}`])];
}

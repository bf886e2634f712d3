import type { SavedResult } from '../run/saved/saved-result.ts';
import { type SavedProblem, savedProblems } from './saved-problems.ts';
import { withVisibleText } from './visible-text.ts';

/** Commands of a GitHub workflow, a line a problem: `::error file=…,title=…::message`. Empty if there is none. */
export function reportAnnotations(saved: readonly SavedResult[]): string {
  return savedProblems(withVisibleText(saved))
    .map((problem) => `${annotation(problem)}\n`)
    .join('');
}

export function annotation({ level, title, message, file, line }: SavedProblem): string {
  const properties = [
    ...(file === null ? [] : [`file=${property(file)}`]),
    ...(line === null ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

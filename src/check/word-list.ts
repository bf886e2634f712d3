import type { Word } from '../shared/memory.ts';

/**
 * A sorted list of words as a token has it: for each run of neighbours how many words are left out in front of it, and
 * behind a `-` how many more than one there are. Numbers are to the base of 36.
 */
export function encodeWords(words: readonly Word[]): string {
  const runs: string[] = [];
  let end = 0;
  for (let i = 0; i < words.length; ) {
    const first = words[i] as Word;
    let last = first;
    while (words[++i] === last + 1) last++;
    const more = last === first ? '' : `-${(last - first).toString(36)}`;
    runs.push((first - end).toString(36) + more);
    end = last + 1;
  }
  return runs.join('.');
}

const RUN = /^([0-9a-z]{1,6})(?:-([0-9a-z]{1,6}))?$/;

/** undefined if the text is no list of words below `wordCount`. */
export function decodeWords(text: string, wordCount: number): Word[] | undefined {
  const words: Word[] = [];
  let end = 0;
  for (const run of text === '' ? [] : text.split('.')) {
    const match = RUN.exec(run);
    if (match === null) return undefined;
    const first = end + Number.parseInt(match[1] as string, 36);
    end = first + 1 + Number.parseInt(match[2] ?? '0', 36);
    if (end > wordCount) return undefined;
    for (let word = first; word < end; word++) words.push(word);
  }
  return words;
}

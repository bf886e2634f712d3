import type { SavedResult } from '../run/saved/saved-result.ts';

/** What each document is called: its command, and its file where there are several of a command. */
export function savedTitles(saved: readonly SavedResult[]): readonly string[] {
  const commands = saved.map(commandOf);
  return saved.map(({ file }, index) => {
    const command = commands[index] ?? '';
    const isAlone = commands.filter((other) => other === command).length === 1;
    return isAlone ? command : `${command}, ${file.split('/').at(-1)}`;
  });
}

function commandOf({ kind }: SavedResult): string {
  return kind === 'race' ? 'stress --scenario' : kind;
}

/** Characters that mean nothing to Mermaid in a message or a note. */
const NOT_PLAIN = /[^\p{L}\p{N} .,:>()[\]=+*/'…_-]/gu;

/** In a participant's name, the parts of an arrow mean something, too. */
const NOT_PLAIN_IN_NAME = /[^\p{L}\p{N} .,()[\]=/'_]/gu;

const NOTE_WIDTH = 70;

/** Text of a message or a note as Mermaid takes it: what means something to it as an entity, `#35;`. */
export function mermaidText(text: string): string {
  return text.replace(NOT_PLAIN, entity);
}

/** A note in lines, since Mermaid lets it run out of its box. */
export function mermaidNote(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < NOTE_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(mermaidText).join('<br/>');
}

/** The name of a participant; it may not be empty. */
export function mermaidName(text: string): string {
  return text.trim() === '' ? '#160;' : text.replace(NOT_PLAIN_IN_NAME, entity);
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`;
}

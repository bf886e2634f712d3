/** The letters of an SPTE's text, in their order: upper case where the bit is set. */
const BIT_NAMES = ['Present', 'Writable', 'Accessed', 'Dirty', 'MMU-writable'] as const;

const SPTE_TEXT = /^(\d+):([Pp][Ww][Aa][Dd][Mm])(!?)(?: (version|to table) (#?\d+))?$/;

/** What the letters of an SPTE mean, for a reader who has not seen them. */
export const SPTE_LEGEND =
  '1:PWADM = level 1, Present Writable Accessed Dirty MMU-writable, lower case: clear, !: no A/D bits; version: of the host page; FROZEN: 0x5a0';

export interface NamedBit {
  readonly name: string;
  readonly set: boolean;
}

/** The text of a present SPTE, taken apart. */
export interface SpteParts {
  readonly level: string;
  readonly bits: readonly NamedBit[];
  readonly adBits: boolean;
  /** `version` of the host page, or `to table`, and its number. */
  readonly backing: readonly [kind: string, number: string] | null;
}

/** `1:PWADM version 3` taken apart; null if the text is no present SPTE's. */
export function spteParts(text: string): SpteParts | null {
  const [whole, level = '', letters = '', mark, kind, number = ''] = SPTE_TEXT.exec(text) ?? [];
  if (whole === undefined) return null;
  const bits = BIT_NAMES.map((name, index) => ({ name, set: letters[index] !== letters[index]?.toLowerCase() }));
  return { level, bits, adBits: mark === '', backing: kind === undefined ? null : [kind, number] };
}

/** A word's text; an SPTE that is none is `-` in traces. */
export function valueText(text: string): string {
  return text === '-' ? 'nonpresent' : text;
}

/** Only what changed, by name: `Accessed 1 -> 0`. */
export function changeText(before: string, after: string): string {
  const was = spteParts(before);
  const is = spteParts(after);
  const changes = was === null || is === null ? [] : partChanges(was, is);
  return changes.length > 0 ? changes.join(', ') : `${valueText(before)} -> ${valueText(after)}`;
}

function partChanges(was: SpteParts, is: SpteParts): string[] {
  if (was.level !== is.level || was.backing?.[0] !== is.backing?.[0]) return [];
  const bit = (set: boolean): string => (set ? '1' : '0');
  const changes = is.bits
    .map(({ name, set }, index) => ({ name, from: was.bits[index]?.set === true, to: set }))
    .filter(({ from, to }) => from !== to)
    .map(({ name, from, to }) => `${name} ${bit(from)} -> ${bit(to)}`);
  if (was.adBits !== is.adBits) changes.push(is.adBits ? 'A/D bits on' : 'A/D bits off');
  if (was.backing?.[1] !== is.backing?.[1])
    changes.push(`${is.backing?.[0]} ${was.backing?.[1]} -> ${is.backing?.[1]}`);
  return changes;
}

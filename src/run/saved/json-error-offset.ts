/** White space, then a token: a mark, a string, a number, or a word. */
const TOKEN =
  /[ \t\n\r]*(?:(?<mark>[{}[\]:,])|(?<text>"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(?<value>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;
const BLANK = /[ \t\n\r]*/y;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

/** Where a text stops being JSON: not every version of V8 tells. Its length, if something is missing at the end. */
export function jsonErrorOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    BLANK.lastIndex = offset;
    BLANK.exec(text);
    const start = BLANK.lastIndex;
    TOKEN.lastIndex = offset;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) return start;
    const next = step(expected, groups, open);
    if (next === null) return start;
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** What is expected behind the token; null if the token itself is not. */
function step(
  expected: Expected,
  token: Readonly<Record<string, string | undefined>>,
  open: string[],
): Expected | null {
  const { mark, text } = token;
  const behindValue = (): Expected => (open.length === 0 ? 'nothing' : ', or end');
  if (expected === 'key' || expected === 'key or }') {
    if (text !== undefined) return ':';
    if (mark !== '}' || expected === 'key') return null;
    open.pop();
    return behindValue();
  }
  if (expected === ':') return mark === ':' ? 'value' : null;
  if (expected === ', or end') {
    const inObject = open.at(-1) === '{';
    if (mark === ',') return inObject ? 'key' : 'value';
    if (mark !== (inObject ? '}' : ']')) return null;
    open.pop();
    return behindValue();
  }
  if (expected === 'nothing') return null;
  if (mark === undefined) return behindValue();
  if (mark === ']' && expected === 'value or ]') {
    open.pop();
    return behindValue();
  }
  if (mark !== '{' && mark !== '[') return null;
  open.push(mark);
  return mark === '{' ? 'key or }' : 'value or ]';
}

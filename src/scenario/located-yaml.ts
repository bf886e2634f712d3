import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { InputError } from '../shared/input-error.ts';
import { inLine, shortJson } from './input-place.ts';

export type Path = readonly PropertyKey[];

/** Plain data from a YAML or JSON text, each part of which knows its line. */
export interface LocatedYaml {
  readonly value: unknown;
  /** Where the value at a path is; where there is none, the innermost thing around it that is there. */
  lineAt(path: Path): number;
  /** Where the last key of a path is. */
  lineOfKey(path: Path): number;
}

const ACCEPTED = 'accepted: one YAML or JSON document';

/** Deeper than anything that is accepted, and not so deep that reading it takes a stack of its own. */
const MAX_DEPTH = 16;

/**
 * Reads YAML, of which JSON is a part. Anchors and aliases are refused: a short text could become an endless document.
 *
 * @throws InputError with the line, in one line
 */
export function parseLocatedYaml(text: string, file: string | null): LocatedYaml {
  const lines = new LineCounter();
  const fail = (offset: number, problem: string, accepted = ACCEPTED): never =>
    inLine(file, lineOf(lines, offset), () => {
      throw new InputError(`${problem}; ${accepted}`);
    });

  // More than one document is no error to a parser that is told to be silent.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    fail(
      problem.pos[0],
      problemText(problem, text),
      problem.code === 'DUPLICATE_KEY' ? 'accepted: each key once' : ACCEPTED,
    );
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return fail(0, 'nothing there');

  return {
    value: plain(root, 0, fail),
    lineAt: (path) => lineOf(lines, offsetOf(nodeAt(root, path))),
    lineOfKey: (path) => {
      const parent = nodeAt(root, path.slice(0, -1));
      const key = isMap(parent) ? pairOf(parent, path.at(-1))?.key : null;
      return lineOf(lines, offsetOf((key as Node | null | undefined) ?? parent));
    },
  };
}

type Fail = (offset: number, problem: string, accepted?: string) => never;

function plain(node: unknown, depth: number, fail: Fail): unknown {
  if (node === null) return null;
  if (depth > MAX_DEPTH) return fail(offsetOf(node as Node), 'nested too deeply');
  if (isAlias(node)) {
    return fail(offsetOf(node), `the alias *${node.source}`, 'accepted: the thing itself, written out once more');
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plain(item, depth + 1, fail));
  if (isMap(node)) return plainMap(node, depth, fail);
  throw new Error('a kind of node that YAML does not have');
}

function plainMap(map: YAMLMap, depth: number, fail: Fail): unknown {
  const entries = map.items.map(({ key, value }): [string, unknown] => {
    if (!isScalar(key)) return fail(offsetOf((key as Node | null) ?? map), 'a key that is no text', 'accepted: text');
    // Objects have a property of this name, which checks of keys pass over.
    if (key.value === '__proto__') return fail(offsetOf(key), '"__proto__" is not known', 'accepted: other keys');
    return [String(key.value), plain(value, depth + 1, fail)];
  });
  return Object.fromEntries(entries);
}

function nodeAt(root: Node, path: Path): Node {
  let node = root;
  for (const key of path) {
    const next = isMap(node) ? pairOf(node, key)?.value : isSeq(node) ? node.items[Number(key)] : undefined;
    if (next === undefined || next === null) return node;
    node = next as Node;
  }
  return node;
}

function pairOf(map: YAMLMap, name: PropertyKey | undefined) {
  return map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function lineOf(lines: LineCounter, offset: number): number {
  return Math.max(1, lines.linePos(offset).line);
}

function problemText({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') return `${shortJson(keyAt(text, pos))} is there twice`;
  if (code === 'MULTIPLE_DOCS') return 'more than one document';
  // The parser is recursive, and reports the end of its stack as any other error.
  if (message.includes('call stack')) return 'nested too deeply';
  return `no YAML: ${message.replaceAll(/\s+/g, ' ').trim()}`;
}

/** The errors of the parser say where a key begins. */
function keyAt(text: string, [start]: readonly [number, number]): string {
  return (/^["']?([^"':\s,{}]*)/.exec(text.slice(start))?.[1] ?? '').trim();
}

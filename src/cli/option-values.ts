import { InvalidArgumentError } from 'commander';
import { parseSeed } from '../shared/seed.ts';

/** Parsers of option values. Each says what it accepts. */

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000 } as const;
const SIZE = /^(\d+)([KM]?)$/;
const MAX_DURATION_MS = 24 * 3600 * 1000;

/** `500ms`, `10s`, `2m`: milliseconds. */
export function duration(text: string): number {
  const match = DURATION.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * MS_PER_UNIT[match[2] as keyof typeof MS_PER_UNIT];
  if (!(ms >= 1 && ms <= MAX_DURATION_MS))
    throw new InvalidArgumentError('accepted: 1ms … 1440m, such as 500ms, 10s, 2m');
  return ms;
}

const WORK = /^(\d+(?:\.\d+)?)(ns|us|µs|ms)$/;
const NS_PER_UNIT = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6 } as const;
const MAX_WORK_NS = 1e6;

/** `0`, `500ns`, `3us`: nanoseconds, whole ones. */
export function shortTime(text: string): number {
  const match = WORK.exec(text);
  const ns = match === null ? Number.NaN : Number(match[1]) * NS_PER_UNIT[match[2] as keyof typeof NS_PER_UNIT];
  const value = text === '0' ? 0 : Math.round(ns);
  if (!(value >= 0 && value <= MAX_WORK_NS)) throw new InvalidArgumentError('accepted: 0 … 1ms, such as 0, 500ns, 3us');
  return value;
}

/** Several values separated by commas, each parsed by itself; duplicates count once. */
export function several<Value>(one: (text: string) => Value): (text: string) => Value[] {
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}

/** A positive count in a range, with binary K and M. */
export function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const match = SIZE.exec(text);
    const factor = match?.[2] === 'K' ? 2 ** 10 : match?.[2] === 'M' ? 2 ** 20 : 1;
    const value = match === null ? Number.NaN : Number(match[1]) * factor;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`accepted: whole numbers ${least} … ${most}, also with K or M (binary)`);
    }
    return value;
  };
}

/** A number in a closed range. */
export function numberIn(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`accepted: numbers ${least} … ${most}`);
    return value;
  };
}

/** Entries of a vCPU's TLB: a power of two, or 0. */
export function tlbEntries(text: string): number {
  const entries = count(0, 2 ** 16)(text);
  if ((entries & (entries - 1)) !== 0) {
    throw new InvalidArgumentError(`${text} is no power of two; accepted: 0, 1, 2, 4 … 65536`);
  }
  return entries;
}

/** Decimal, `0x…` or a 40-digit commit id. */
export function seed(text: string): string {
  const parsed = parseSeed(text);
  if (parsed === undefined) {
    throw new InvalidArgumentError('accepted: a decimal number, 0x and hex digits, or a 40-digit commit id');
  }
  return parsed;
}

/** One of some names. */
export function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw new InvalidArgumentError(`accepted: ${names.join(', ')}`);
    return name;
  };
}

/** Names separated by commas, each looked up; duplicates count once. */
export function listOf<Item>(
  names: readonly string[],
  find: (name: string) => Item | undefined,
): (text: string) => Item[] {
  return (text) => {
    const items = text.split(',').map((name) => {
      const item = find(name.trim());
      if (item === undefined) throw new InvalidArgumentError(`${name} is none of them; accepted: ${names.join(', ')}`);
      return item;
    });
    return [...new Set(items)];
  };
}

/** What one line of a trace says. */
export interface LackeyAccess {
  readonly kind: 'I' | 'L' | 'S' | 'M';
  readonly address: bigint;
  readonly size: number;
}

/** The line as lackey prints it: `%08lx,%lu`. */
export function lackeyLine({ kind, address, size }: LackeyAccess): string {
  return `${kind === 'I' ? 'I ' : ` ${kind}`} ${address.toString(16).padStart(8, '0')},${size}`;
}

/** The decoder once more, as plainly as possible: what the fast one must agree with. */
export function referenceTrace(accesses: readonly LackeyAccess[]) {
  const pages: bigint[] = [];
  const written = new Set<number>();
  const words: number[] = [];
  for (const { kind, address, size } of accesses) {
    const write = kind === 'S' || kind === 'M' ? 1 : 0;
    for (let page = address >> 12n; page <= (address + BigInt(size) - 1n) >> 12n; page++) {
      if (!pages.includes(page)) pages.push(page);
      const number = pages.indexOf(page);
      words.push((number << 1) | write);
      if (write === 1) written.add(number);
    }
  }
  const writes = words.filter((word) => (word & 1) === 1).length;
  return {
    accesses: words,
    count: words.length,
    pages: pages.length,
    writtenPages: written.size,
    reads: words.length - writes,
    writes,
  };
}

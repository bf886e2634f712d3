import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LackeyDecoder } from '../../../src/scenario/lackey.ts';
import { type LackeyAccess, lackeyLine, referenceTrace } from '../../support/lackey-reference.ts';

const LAST_ADDRESS = 2n ** 64n - 1n;

/** Few regions, so that pages come again; both ends of the address space, and beyond the 32 and 53 bits of fast paths. */
const address = fc
  .tuple(
    fc.constantFrom(0n, 0x0401a000n, 0x1ffeffe000n, 2n ** 32n, 2n ** 53n, LAST_ADDRESS - 0x3fffn),
    fc.bigInt(0n, 0x3fffn),
  )
  .map(([region, offset]) => region + offset);

const access: fc.Arbitrary<LackeyAccess> = fc
  .record({
    kind: fc.constantFrom('I', 'L', 'S', 'M'),
    address: fc.oneof(address, fc.bigInt(0n, LAST_ADDRESS)),
    size: fc.oneof(fc.constantFrom(1, 2, 4, 8, 16, 32), fc.integer({ min: 1, max: 20_000 })),
  })
  .map(({ kind, address, size }) => ({
    kind,
    address,
    size: LAST_ADDRESS - address < BigInt(size) ? Number(LAST_ADDRESS - address) + 1 : size,
  }));

/** What valgrind and the program say between the accesses. */
const otherLine = fc.oneof(
  fc.constantFrom(
    '',
    '==12== Lackey',
    'I',
    ' L',
    ' L ',
    ' S xyz,4',
    'I 04,1',
    ' X 04222cac,4',
    'I  zz',
    ` L ${'1'.repeat(200)}`,
  ),
  fc.string({ unit: 'binary' }).map((text) => `==${text.replaceAll('\n', '')}`),
);

type Line = { readonly access: LackeyAccess } | { readonly other: string };

const lines: fc.Arbitrary<Line[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: access.map((access) => ({ access })) },
    { weight: 1, arbitrary: otherLine.map((other) => ({ other })) },
  ),
);

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function decode(pieces: readonly Buffer[]) {
  const decoder = new LackeyDecoder();
  for (const piece of pieces) decoder.push(piece);
  const trace = decoder.finish();
  return { ...trace, accesses: [...trace.accesses] };
}

describe('LackeyDecoder', () => {
  it('decodes what the reference decodes, wherever the text is cut into pieces', () => {
    fc.assert(
      fc.property(
        lines,
        fc.array(fc.nat()),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (given, cuts, newline, endsInNewline) => {
          const text = given.map((line) => ('access' in line ? lackeyLine(line.access) : line.other)).join(newline);
          const bytes = Buffer.from(endsInNewline ? text + newline : text);
          const accesses = given.flatMap((line) => ('access' in line ? [line.access] : []));
          expect(decode(cutAt(bytes, cuts))).toEqual(referenceTrace(accesses));
        },
      ),
    );
  });

  it('decodes byte by byte', () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 10 }), (accesses) => {
        const bytes = Buffer.from(accesses.map((one) => `${lackeyLine(one)}\n`).join(''));
        expect(decode([...bytes].map((byte) => Buffer.of(byte)))).toEqual(referenceTrace(accesses));
      }),
    );
  });
});

import { z } from 'zod';
import { toGfnRanges } from './gfn-ranges.ts';
import type { KernelOperation, KernelOperationName, KernelTraceConfig } from './kernel-trace.ts';
import { MAX_GFNS, MAX_HOST_PAGES, MAX_TRACE_VCPUS } from './kernel-trace-limits.ts';

/*
 * What each kind of line may hold. The error of a schema is what would have been accepted; the reader adds where and
 * what. Fields that are not named here are dropped: later recorders may have more.
 */

const PAGE_BYTES = 4096;

const text = z.string({ error: 'text' });
const flag = z.boolean({ error: 'true or false' });
const integer = z.int({ error: 'a whole number' });
const count = whole(0, Number.MAX_SAFE_INTEGER);
const vcpu = whole(0, MAX_TRACE_VCPUS - 1);
const gfn = whole(0, MAX_GFNS - 1);
const endGfn = whole(1, MAX_GFNS);
const slot = whole(0, 2 ** 15 - 1);
const hva = whole(0, MAX_HOST_PAGES * PAGE_BYTES);
const SPTE = 'an SPTE such as 1:PWADM, 2:Pwadm! or -';
const spteText = z.string({ error: SPTE }).regex(/^(?:-|[1-5]:[Pp][Ww][Aa][Dd][Mm]!?)$/, { error: SPTE });
const spteChange = z.tuple([spteText, spteText], { error: `[before, after], each ${SPTE}` });
const exits = z.tuple([count, count], { error: '[before, after], numbers of exits' });
const stats = z.record(z.string(), integer, { error: 'an object of counters' });
const gfns = z
  .union(
    [
      z.array(gfn),
      z.array(z.tuple([gfn, endGfn]).refine(([start, end]) => start < end, { error: 'a start below its end' })),
    ],
    {
      error: 'a list of gfns, or of half-open ranges of gfns [start, end]',
    },
  )
  .transform(toGfnRanges);
const span = { startGfn: gfn, endGfn };

const slotPlace = {
  slot,
  gpaStart: whole(0, MAX_GFNS * PAGE_BYTES).multipleOf(PAGE_BYTES, { error: `a multiple of ${PAGE_BYTES}` }),
  pages: whole(1, MAX_HOST_PAGES),
  hvaPage: whole(0, MAX_HOST_PAGES - 1),
};

const operationSchemas = {
  access: z.object({
    op: z.literal('access'),
    vcpu,
    gfn,
    write: flag,
    l2: flag.default(false),
    l2exit: count.exactOptional(),
    spte: spteChange,
    l2spte: spteText.exactOptional(),
    stats,
    exits: exits.exactOptional(),
  }),
  clearYoung: z.object({
    op: z.literal('clearYoung'),
    how: oneOf('perPage', 'range'),
    ...span,
    flush: flag.default(false),
    remoteTlbFlushes: count.exactOptional(),
    ret: flag.exactOptional(),
    young: gfns,
    stillYoung: gfns.exactOptional(),
  }),
  clearYoungHva: z.object({
    op: z.literal('clearYoungHva'),
    hvaStart: hva,
    hvaEnd: hva,
    ret: flag,
    young: gfns,
    stillYoung: gfns.exactOptional(),
  }),
  testYoung: z.object({ op: z.literal('testYoung'), ...span, young: gfns }),
  unmap: z.object({ op: z.literal('unmap'), ...span, youngBefore: gfns, youngAfter: gfns }),
  dirtyLog: z.object({ op: z.literal('dirtyLog'), slot, dirty: gfns }),
  clearDirtyLog: z.object({ op: z.literal('clearDirtyLog'), slot, rc: integer }),
  setLog: z.object({ op: z.literal('setLog'), slot, on: flag }),
  deleteSlot: z.object({ op: z.literal('deleteSlot'), slot }),
  addSlot: z.object({ op: z.literal('addSlot'), ...slotPlace }),
  prefault: z.object({ op: z.literal('prefault'), vcpu, ...span, rc: integer, errno: count, youngAfter: gfns }),
  hostTouch: z.object({ op: z.literal('hostTouch'), gfn, write: flag, youngBefore: flag, youngAfter: flag }),
  hostPopulate: z.object({ op: z.literal('hostPopulate'), hvaPages: whole(0, MAX_HOST_PAGES) }),
  mprotectCycle: z.object({ op: z.literal('mprotectCycle'), ...span, youngAfter: gfns }),
  madvise: z.object({
    op: z.literal('madvise'),
    advice: oneOf('COLD', 'FREE', 'PAGEOUT'),
    ...span,
    rc: integer,
    nYoungBefore: count,
    youngAfter: gfns,
  }),
  fork: z.object({ op: z.literal('fork'), ...span, youngAfter: gfns }),
  vcpuExit: z.object({ op: z.literal('vcpuExit'), vcpu, exits: exits.exactOptional(), stats: stats.default({}) }),
  sptes: z.object({ op: z.literal('sptes'), ...span, map: sptesByGfn() }),
  note: z.object({ op: z.literal('note'), text }),
} as const satisfies { [Name in KernelOperationName]: z.ZodType<WithoutLine<Extract<KernelOperation, { op: Name }>>> };

type WithoutLine<Operation> = Omit<Operation, 'line'>;

/** The schema of each operation, by the name in `op`. */
export const schemaOfOperation: ReadonlyMap<unknown, z.ZodType<WithoutLine<KernelOperation>>> = new Map(
  Object.entries(operationSchemas),
);

/** Line 1. */
export const configSchema: z.ZodType<KernelTraceConfig> = z
  .object({
    type: z.literal('config', { error: '"config"' }),
    kernel: text,
    scenario: text,
    seed: z.union([z.number(), z.string(), z.null()], { error: 'a number, text or null' }).default(null),
    vcpus: whole(1, MAX_TRACE_VCPUS),
    memslots: z.array(z.object({ ...slotPlace, log: flag }, { error: 'a memslot' }), { error: 'a list of memslots' }),
    tdpMmu: flag,
    npt: flag,
    adBits: flag,
    nested: flag,
    pageSize: z.literal(PAGE_BYTES, { error: String(PAGE_BYTES) }).default(PAGE_BYTES),
    backing: oneOf('4k', 'thp'),
    vcpuMode: z
      .string({ error: 'text that begins with exit or spin' })
      .regex(/^(?:exit|spin)/, { error: 'text that begins with exit or spin' }),
    manualDirtyProtect: z.literal([0, 1, 3], { error: '0, 1 or 3' }),
  })
  .transform(({ type: _type, pageSize: _pageSize, vcpuMode, ...config }) => ({
    ...config,
    spin: vcpuMode.startsWith('spin'),
  }));

function whole(least: number, most: number) {
  const error =
    most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least} on` : `a whole number ${least} … ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function oneOf<Name extends string>(...names: Name[]) {
  return z.enum(names, { error: names.join(', ') });
}

/** JSON has text for keys: here they are gfns. */
function sptesByGfn() {
  const key = z.string().regex(/^\d+$/);
  return z
    .record(key, spteText, { error: 'an object from gfn to SPTE' })
    .transform((map) => new Map(Object.entries(map).map(([gfnText, value]) => [Number(gfnText), value])));
}

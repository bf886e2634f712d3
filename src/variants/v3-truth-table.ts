/** What one aging call of version 3 does, for one page that is mapped in one of the two MMUs. */
export interface TruthTableRow {
  readonly variant: 'v3' | 'v3-arm64';
  readonly call: 'test_young, clear_young' | 'clear_flush_young';
  readonly bitmap: boolean;
  /** The TDP MMU is in use. */
  readonly tdp: boolean;
  /** SPTEs have Accessed and Dirty bits. */
  readonly adBits: boolean;
  /** A shadow root was allocated at some time, or the TDP MMU is off. */
  readonly rmaps: boolean;
  /** The MMU that maps the page. */
  readonly mappedBy: 'TDP MMU' | 'shadow MMU';
  readonly path: 'fast' | 'slow' | 'fast gives up' | 'fast gives up, slow' | 'nothing';
  /** `mmu_lock`, as far as it is taken. */
  readonly lock: 'none' | 'read' | 'write';
  /** What is returned if the page is young, and if it is old. */
  readonly young: 'FAST' | 'YOUNG' | 'UNRELIABLE' | 'oops';
  readonly old: '0' | 'UNRELIABLE';
  /** What a clear makes old. */
  readonly clears: 'all' | 'selected' | 'nothing';
}

type Columns = [
  variant: TruthTableRow['variant'],
  call: TruthTableRow['call'],
  /** bitmap, tdp, adBits, rmaps */
  situation: [number, number, number, number],
  mappedBy: TruthTableRow['mappedBy'],
  path: TruthTableRow['path'],
  lock: TruthTableRow['lock'],
  young: TruthTableRow['young'],
  old: TruthTableRow['old'],
  clears: TruthTableRow['clears'],
];

const TEST_CLEAR = 'test_young, clear_young';
const CLEAR_FLUSH = 'clear_flush_young';
const TDP = 'TDP MMU';
const SHADOW = 'shadow MMU';

const rows: readonly Columns[] = [
  ['v3', TEST_CLEAR, [0, 1, 1, 0], TDP, 'fast', 'none', 'FAST', '0', 'all'],
  ['v3', TEST_CLEAR, [1, 1, 1, 0], TDP, 'fast', 'none', 'FAST', '0', 'selected'],
  ['v3', TEST_CLEAR, [0, 1, 1, 1], TDP, 'fast gives up, slow', 'write', 'oops', '0', 'nothing'],
  ['v3', TEST_CLEAR, [0, 1, 1, 1], SHADOW, 'fast gives up, slow', 'write', 'YOUNG', '0', 'all'],
  ['v3', TEST_CLEAR, [1, 1, 1, 1], TDP, 'fast gives up', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', TEST_CLEAR, [1, 1, 1, 1], SHADOW, 'fast gives up', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', TEST_CLEAR, [0, 1, 0, 0], TDP, 'slow', 'write', 'oops', '0', 'nothing'],
  ['v3', TEST_CLEAR, [0, 1, 0, 1], SHADOW, 'slow', 'write', 'YOUNG', '0', 'all'],
  ['v3', TEST_CLEAR, [1, 1, 0, 0], TDP, 'nothing', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', TEST_CLEAR, [1, 1, 0, 1], SHADOW, 'nothing', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', TEST_CLEAR, [0, 0, 1, 1], SHADOW, 'slow', 'write', 'YOUNG', '0', 'all'],
  ['v3', TEST_CLEAR, [1, 0, 1, 1], SHADOW, 'nothing', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', TEST_CLEAR, [0, 0, 0, 1], SHADOW, 'slow', 'write', 'YOUNG', '0', 'all'],
  ['v3', TEST_CLEAR, [1, 0, 0, 1], SHADOW, 'nothing', 'none', 'UNRELIABLE', 'UNRELIABLE', 'nothing'],
  ['v3', CLEAR_FLUSH, [0, 1, 1, 0], TDP, 'slow', 'write', 'oops', '0', 'nothing'],
  ['v3', CLEAR_FLUSH, [0, 1, 1, 1], SHADOW, 'slow', 'write', 'YOUNG', '0', 'all'],
  ['v3', CLEAR_FLUSH, [0, 0, 1, 1], SHADOW, 'slow', 'write', 'YOUNG', '0', 'all'],
  ['v3-arm64', TEST_CLEAR, [0, 1, 1, 0], TDP, 'fast', 'read', 'FAST', '0', 'all'],
  ['v3-arm64', TEST_CLEAR, [1, 1, 1, 0], TDP, 'fast', 'read', 'FAST', '0', 'selected'],
  ['v3-arm64', CLEAR_FLUSH, [0, 1, 1, 0], TDP, 'slow', 'write', 'oops', '0', 'nothing'],
];

/**
 * The truth table of version 3: which way a call takes, under which lock, what it returns and what it leaves behind. A test
 * carries out each row on the model. A range without a slot takes no lock and returns 0, or UNRELIABLE where the row has it.
 */
export const v3TruthTable: readonly TruthTableRow[] = rows.map(
  ([variant, call, [bitmap, tdp, adBits, rmaps], mappedBy, path, lock, young, old, clears]) => ({
    ...{ variant, call, bitmap: bitmap === 1, tdp: tdp === 1, adBits: adBits === 1, rmaps: rmaps === 1 },
    ...{ mappedBy, path, lock, young, old, clears },
  }),
);

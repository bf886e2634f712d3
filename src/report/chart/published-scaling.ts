/** What the author of the series measured with one number of vCPUs, in seconds. */
export interface PublishedTimes {
  readonly vcpus: number;
  /** Of the vCPUs, from the first one's beginning to the last one's end. */
  readonly wall: { readonly noAging: number; readonly locked: number; readonly lockless: number };
  /** Of an aging pass, on average. */
  readonly pass: { readonly locked: number; readonly lockless: number };
}

/** How the table is called where its figures are drawn. */
export const PUBLISHED =
  'published with version 4 of the series, on an x86 machine with 128 CPUs: a different machine, and a kernel';

/**
 * The table of version 4's cover letter: `access_tracking_perf_test -p -l -b 1G -v N`, TDP MMU, without transparent huge
 * pages. Its author calls the figures noisy, and representative averages. *locked*: the letter's "no opt", aging under
 * `mmu_lock`; *lockless*: its "opt".
 */
export const publishedTimes: readonly PublishedTimes[] = [
  times(1, [0.878822016, 0.938250568, 0.91227019], [0.008236007, 0.007314582]),
  times(2, [0.984959659, 1.057880728, 1.037735641], [0.017989741, 0.013996319]),
  times(4, [1.264881581, 1.318849182, 1.314653465], [0.056164918, 0.029311993]),
  times(8, [1.473883699, 1.589441079, 1.498439592], [0.227419586, 0.06385774]),
  times(16, [2.048766096, 2.399335597, 2.000914001], [1.247142841, 0.121628689]),
  times(32, [3.316256321, 3.955417018, 3.355274507], [4.347290433, 0.250886289]),
  times(64, [6.498958516, 7.127533884, 6.442582168], [9.815592054, 1.39290701]),
  times(112, [8.498029491, 10.21372495, 8.896963554], [13.47381656, 2.29222385]),
];

function times(
  vcpus: number,
  [noAging, locked, lockless]: readonly [number, number, number],
  [lockedPass, locklessPass]: readonly [number, number],
): PublishedTimes {
  return { vcpus, wall: { noAging, locked, lockless }, pass: { locked: lockedPass, lockless: locklessPass } };
}

/**
 * Peterson's lock, and what becomes of it if a thread says whose turn it is before it says that it wants in.
 * `npx pte-aging explore examples/explore/peterson.mjs`
 */
const words = { wants0: 0, wants1: 0, turn: 0, inside: 0 };

function enter(memory, word, me, politeFirst) {
  const [mine, theirs] = me === 0 ? [word.wants0, word.wants1] : [word.wants1, word.wants0];
  if (politeFirst) memory.store(word.turn, 1 - me);
  memory.store(mine, 1);
  if (!politeFirst) memory.store(word.turn, 1 - me);
  for (;;) {
    memory.loopHead('waiting');
    if (!memory.testBits(theirs, 1)) break;
    if (memory.load(word.turn) === me) break;
  }
  memory.add(word.inside, 1);
  memory.add(word.inside, -1);
  memory.store(mine, 0);
}

const lock = (politeFirst) => ({
  words,
  threads: [0, 1].map((me) => (memory, word) => enter(memory, word, me, politeFirst)),
  invariants: { 'one at a time': ({ inside }) => inside <= 1 },
});

export const peterson = lock(false);
export const politeFirst = lock(true);

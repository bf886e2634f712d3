/*
 * The reference program with narrow results: one step is one memory operation, and what each thread has learned stays
 * in the state (r). Generate with -o2: r is only written, and spin drops such variables from the state otherwise.
 */
byte page[3];

active [3] proctype vcpu()
{
  byte i;    /* which visit */
  byte next; /* 0: test, 1: set */
  byte r;    /* one bit a test */

end:
  do
  :: d_step { i < 3 && next == 0 && (page[(_pid + i) % 3] & 1) != 0 -> r = r | (1 << i); i++ }
  :: d_step { i < 3 && next == 0 && (page[(_pid + i) % 3] & 1) == 0 -> next = 1 }
  :: d_step { next == 1 -> page[(_pid + i) % 3] = page[(_pid + i) % 3] | 3; next = 0; i++ }
  od
}

active proctype ager()
{
  byte i;
  byte next;
  byte r;

end:
  do
  :: d_step { i < 6 && next == 0 && (page[i % 3] & 1) == 0 -> i++ }
  :: d_step { i < 6 && next == 0 && (page[i % 3] & 1) != 0 -> r = r | (1 << i); next = 1 }
  :: d_step { next == 1 -> page[i % 3] = page[i % 3] & 254; next = 0; i++ }
  od
}

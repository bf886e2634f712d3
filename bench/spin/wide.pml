/* The reference program with operations that return whole words (of which two bits are ever used). */
byte page[3];

active [3] proctype vcpu()
{
  byte i;
  byte next;
  int r; /* two bits an operation: the load in the low, the fetchOr in the high half of four bits a visit */

end:
  do
  :: d_step { i < 3 && next == 0 && (page[(_pid + i) % 3] & 1) != 0 ->
       r = r | (page[(_pid + i) % 3] << (4 * i)); i++ }
  :: d_step { i < 3 && next == 0 && (page[(_pid + i) % 3] & 1) == 0 ->
       r = r | (page[(_pid + i) % 3] << (4 * i)); next = 1 }
  :: d_step { next == 1 ->
       r = r | (page[(_pid + i) % 3] << (4 * i + 2));
       page[(_pid + i) % 3] = page[(_pid + i) % 3] | 3; next = 0; i++ }
  od
}

active proctype ager()
{
  byte i;
  byte next;
  int r;

end:
  do
  :: d_step { i < 6 && next == 0 && (page[i % 3] & 1) == 0 -> r = r | (page[i % 3] << (4 * i)); i++ }
  :: d_step { i < 6 && next == 0 && (page[i % 3] & 1) != 0 -> r = r | (page[i % 3] << (4 * i)); next = 1 }
  :: d_step { next == 1 ->
       r = r | (page[i % 3] << (4 * i + 2));
       page[i % 3] = page[i % 3] & 254; next = 0; i++ }
  od
}

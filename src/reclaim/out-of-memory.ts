/** Reclaim gives up: however often it aged, it has found no page to evict. A host would kill the guest now. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

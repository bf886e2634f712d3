/** The harness itself failed: nothing is known about the protocol. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}

/** The user gave something that cannot be used. The message is one line: where, what, and what would be accepted. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

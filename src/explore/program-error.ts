/** The explored program breaks a rule of the port; nothing is known about its behaviour. The message names the thread. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/** A step, as the state it starts from, the thread and the move. */
export interface Step {
  readonly state: number;
  readonly thread: number;
  readonly move: number;
}

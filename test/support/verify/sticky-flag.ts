/**
 * Aging of one page as a sticky flag, checked by trying every order: the brute force that the aging monitor is compared with.
 * It keeps single states, where the monitor keeps sets of them.
 */

export type FlagEvent =
  | { readonly kind: 'access-begin' | 'access-end'; readonly vcpu: number }
  /** Through the TLB: sets the flag or, to a lenient judge, does not. */
  | { readonly kind: 'tlb-hit' }
  /** The SPTE goes: the flag may be lost, to a lenient judge. */
  | { readonly kind: 'zap' }
  | { readonly kind: 'call-begin'; readonly caller: number; readonly clears: boolean }
  | { readonly kind: 'call-end'; readonly caller: number; readonly answer: 'young' | 'old' | 'nothing' };

interface Call {
  readonly clears: boolean;
  readonly found: 'young' | 'old' | undefined;
}

interface State {
  readonly flag: boolean;
  readonly calls: ReadonlyMap<number, Call>;
  readonly open: ReadonlySet<number>;
}

/** Whether some order of looks explains every answer of the history. */
export function isExplained(history: readonly FlagEvent[], lenient: boolean): boolean {
  return explains({ flag: false, calls: new Map(), open: new Set() }, history, 0, lenient);
}

function explains(state: State, history: readonly FlagEvent[], at: number, lenient: boolean): boolean {
  const event = history[at];
  if (event === undefined) return true;
  // Either the next event comes now, or something happens without one.
  for (const next of after(state, event, lenient)) if (explains(next, history, at + 1, lenient)) return true;
  for (const next of silently(state)) if (explains(next, history, at, lenient)) return true;
  return false;
}

/** A call looks, or an access that is under way sets the flag. Both can happen only so often: this ends. */
function* silently(state: State): Generator<State> {
  if (!state.flag && state.open.size > 0) yield { ...state, flag: true };
  for (const [caller, call] of state.calls) {
    if (call.found !== undefined) continue;
    const calls = new Map(state.calls).set(caller, { ...call, found: state.flag ? 'young' : 'old' });
    yield { ...state, flag: state.flag && !call.clears, calls };
  }
}

function* after(state: State, event: FlagEvent, lenient: boolean): Generator<State> {
  switch (event.kind) {
    case 'access-begin':
      yield { ...state, open: new Set([...state.open, event.vcpu]) };
      return;
    case 'access-end':
      yield { ...state, flag: true, open: new Set([...state.open].filter((vcpu) => vcpu !== event.vcpu)) };
      return;
    case 'tlb-hit':
      yield { ...state, flag: true };
      if (lenient) yield state;
      return;
    case 'zap':
      yield state;
      if (lenient) yield { ...state, flag: false };
      return;
    case 'call-begin':
      yield { ...state, calls: new Map(state.calls).set(event.caller, { clears: event.clears, found: undefined }) };
      return;
    case 'call-end': {
      const calls = new Map(state.calls);
      calls.delete(event.caller);
      const wanted = event.answer === 'nothing' ? undefined : event.answer;
      if (state.calls.get(event.caller)?.found === wanted) yield { ...state, calls };
      return;
    }
    default:
      event satisfies never;
  }
}

/** What a thread threw, instead of returning. */
export interface ThreadFault {
  /** The error's own `property`, if it has one; else `thread-threw`. */
  readonly property: string;
  readonly message: string;
  /** The error's own `page`, if it has one. */
  readonly page: number | null;
  /** What counts as returned all the same: the error's own `value`, if it has one. */
  readonly value: unknown;
}

export function faultOf(thrown: unknown): ThreadFault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { property, page, value } = (thrown ?? {}) as { property?: unknown; page?: unknown; value?: unknown };
  return {
    property: typeof property === 'string' ? property : 'thread-threw',
    message,
    page: typeof page === 'number' ? page : null,
    value: value ?? { threw: message },
  };
}

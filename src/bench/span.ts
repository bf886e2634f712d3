/** What a thread may be doing in a time line. */
export const spanKinds = ['fault', 'lock-wait', 'lock-read', 'lock-write', 'aging-pass', 'invalidate'] as const;

export type SpanKind = (typeof spanKinds)[number];

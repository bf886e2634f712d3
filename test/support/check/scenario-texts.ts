/** Scenario files for tests, by name. All are small. */
export const scenarioTexts = {
  /** An access beside a clear and a test. */
  'test-access-clear': `schema: pte-aging/scenario@1
name: test-access-clear
description: an access beside a clear
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1 }
setup:
  - vcpu0: read 0
  - mm: clearYoung 0..1
threads:
  mm: [clearYoung 0..1, testYoung 0..1]
  vcpu0: [read 0]
expect:
  lockless: { verdict: holds }
  mmu-lock: { verdict: holds }
`,
  /** A fault beside an invalidation. */
  'test-fault-invalidate': `schema: pte-aging/scenario@1
name: test-fault-invalidate
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1 }
setup:
  - vcpu0: read 0
  - mm: clearYoung 0..1
threads:
  mm: [testYoung 0..1, invalidate 0..1, testYoung 0..1]
  vcpu0: [read 0]
`,
  /** One call over two slots beside a write into the second. */
  'test-two-slots': `schema: pte-aging/scenario@1
name: test-two-slots
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1 }
  - { id: 1, gfn: 8, hva: 1, pages: 1 }
setup:
  - vcpu0: write 0
  - vcpu0: write 8
threads:
  mm: [clearYoung 0..2, testYoung 0..2]
  vcpu0: [write 8]
`,
  /** A write beside the dirty log's being handed out. */
  'test-dirty-log': `schema: pte-aging/scenario@1
name: test-dirty-log
machine: { adBits: false }
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1, log: true }
setup:
  - vcpu0: read 0
  - vmm: getDirtyLog 0
threads:
  vmm: [getDirtyLog 0]
  vcpu0: [write 0]
`,
} as const;

/** Takes minutes to explore. */
export const LONG_SCENARIO = `schema: pte-aging/scenario@1
name: long
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 2 }
threads:
  mm: [clearYoung 0..2, testYoung 0..2, invalidate 0..2]
  other: [clearYoung 0..2, invalidate 0..2]
  vcpu0: [read 0, write 1, read 0]
  vcpu1: [read 1, write 0]
`;

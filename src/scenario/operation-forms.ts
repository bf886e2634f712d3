import type { ScenarioOperationName } from './scenario.ts';

export interface OperationForm {
  /** What is written behind the name. */
  readonly form: string;
  /** Which threads may do it. */
  readonly by: 'vcpu' | 'host' | 'any';
}

const GFN = 'G';
const SLOT = 'S';
const HOST_RANGE = 'A..B';

/** How each operation is written, and who does it. */
export const operationForms: Readonly<Record<ScenarioOperationName, OperationForm>> = {
  read: { form: GFN, by: 'vcpu' },
  write: { form: GFN, by: 'vcpu' },
  nestedRead: { form: GFN, by: 'vcpu' },
  nestedWrite: { form: GFN, by: 'vcpu' },
  createShadowRoot: { form: '', by: 'vcpu' },
  dropShadowPages: { form: '', by: 'vcpu' },
  vcpuExit: { form: '', by: 'vcpu' },
  evictTlb: { form: GFN, by: 'vcpu' },
  flushTlb: { form: '', by: 'vcpu' },
  smmRead: { form: GFN, by: 'vcpu' },
  smmWrite: { form: GFN, by: 'vcpu' },
  prefault: { form: 'G..H', by: 'vcpu' },
  testYoung: { form: `${HOST_RANGE} [bitmap]`, by: 'host' },
  clearYoung: { form: `${HOST_RANGE} [bitmap=P+P+…]`, by: 'host' },
  clearFlushYoung: { form: HOST_RANGE, by: 'host' },
  damonMkold: { form: 'ADDR', by: 'host' },
  lruWalk: { form: HOST_RANGE, by: 'host' },
  lruEvict: { form: 'P', by: 'host' },
  invalidate: { form: HOST_RANGE, by: 'host' },
  hostWrite: { form: HOST_RANGE, by: 'host' },
  hostProtect: { form: HOST_RANGE, by: 'host' },
  dirtyLogOn: { form: SLOT, by: 'host' },
  dirtyLogOff: { form: SLOT, by: 'host' },
  getDirtyLog: { form: SLOT, by: 'host' },
  clearDirtyLog: { form: SLOT, by: 'host' },
  addMemslot: { form: SLOT, by: 'any' },
  deleteMemslot: { form: SLOT, by: 'any' },
  zapAll: { form: '', by: 'host' },
  splitHuge: { form: GFN, by: 'any' },
  recoverHuge: { form: GFN, by: 'any' },
  protectShadow: { form: GFN, by: 'any' },
  loadRoot: { form: '', by: 'vcpu' },
  putRoot: { form: '', by: 'vcpu' },
};

export const operationNames = Object.keys(operationForms) as readonly ScenarioOperationName[];

/** `testYoung A..B [bitmap]` */
export function operationUsage(name: ScenarioOperationName): string {
  return `${name} ${operationForms[name].form}`.trimEnd();
}

import { InputError } from '../shared/input-error.ts';
import { shortJson } from './input-place.ts';
import type { ThreadPlace } from './scenario.ts';
import { MAX_THREADS } from './scenario-limits.ts';

const NAME = /^(?:vm(0|[1-9]\d?)\.)?([A-Za-z][A-Za-z0-9_-]{0,39})$/;
const VCPU = /^vcpu(0|[1-9]\d?)(?!\d)/;

/**
 * Who a thread is: a name that begins with `vcpuN` is that vCPU, any other is a thread of the host, and `vmK.` in front
 * says of which virtual machine.
 *
 * @throws InputError if it is no such name, or that VM is not there
 */
export function parseThreadName(name: string, vms: number): ThreadPlace {
  const [, vmText = '0', local] = NAME.exec(name) ?? [];
  if (local === undefined) {
    throw new InputError(
      `a thread is called ${shortJson(name)}; accepted: vcpuN, or a name of letters, digits, - and _, vmK. in front or not`,
    );
  }
  const vm = Number(vmText);
  if (vm >= vms) {
    throw new InputError(
      `thread ${name}: there is no VM ${vm}; accepted: VMs 0 … ${vms - 1} ("machine.vms" is ${vms})`,
    );
  }
  if (!local.startsWith('vcpu')) return { vm, vcpu: null };
  const [, vcpuText] = VCPU.exec(local) ?? [];
  const vcpu = vcpuText === undefined ? MAX_THREADS : Number(vcpuText);
  if (vcpu >= MAX_THREADS) {
    throw new InputError(`thread ${name}: no vCPU; accepted: vcpu0 … vcpu${MAX_THREADS - 1}`);
  }
  return { vm, vcpu };
}

/** The same for all names of one thread: `vm0.vcpu0` is `vcpu0`. */
export function threadIdentity(name: string, { vm, vcpu }: ThreadPlace): string {
  const local = vcpu === null ? name.replace(/^vm\d+\./, '') : `vcpu${vcpu}`;
  return `vm${vm}.${local}`;
}

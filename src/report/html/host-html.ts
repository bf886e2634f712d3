import type { HostInfo } from '../../run/host-info.ts';
import { countText } from '../count-text.ts';
import { escapeHtml } from './escape-html.ts';

/** The machine that a result was measured on, as one paragraph. */
export function hostHtml(host: HostInfo): string {
  return `<p class="seed">${escapeHtml(hostText(host))}</p>`;
}

export function hostText({ cpu, cores, memoryBytes, loadAverage, node, v8, os }: HostInfo): string {
  const memory = `${(memoryBytes / 2 ** 30).toFixed(1)} GB`;
  return `${cpu}, ${countText(cores, 'core')}, ${memory}, load ${loadAverage.toFixed(2)} · ${os}, Node ${node}, V8 ${v8}`;
}

import { escapeMarkdown } from './escape-markdown.ts';
import type { Table } from './table.ts';

export function tableMarkdown({ head, rows, numbers }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = head.map((_, column) => (numbers.includes(column) ? '---:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

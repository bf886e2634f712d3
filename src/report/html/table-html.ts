import type { Table } from '../table.ts';
import { escapeHtml } from './escape-html.ts';
import { htmlTable } from './html-table.ts';

export function tableHtml({ head, rows, numbers }: Table): string {
  return htmlTable(
    head.map(escapeHtml),
    rows.map((row) => row.map(escapeHtml)),
    numbers,
  );
}

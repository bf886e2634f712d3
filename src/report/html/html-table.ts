/** A table that scrolls by itself where the page is narrow. Cells are HTML; columns named by index are numbers. */
export function htmlTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const numeric = (column: number): string => (numbers.includes(column) ? ' class="number"' : '');
  const heads = head.map((cell, column) => `<th scope="col"${numeric(column)}>${cell}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell, column) => `<td${numeric(column)}>${cell}</td>`).join('')}</tr>`)
    .join('\n');
  return `<div class="scroll" tabindex="0"><table class="plain"><thead><tr>${heads}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

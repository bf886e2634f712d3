import type { StepperData } from '../../../src/report/html/stepper-data.ts';

const VOID = ['meta', 'link', 'col', 'br'];

/** Elements that are opened and not closed, innermost first; or the first that is closed and not open. */
export function unbalanced(html: string): string[] {
  const open: string[] = [];
  const body = html.replaceAll(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
  for (const [, closing, name = '', end] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (VOID.includes(name) || end === '/') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}> closes what is not open`];
  }
  return open;
}

/** What the page's script reads. */
export function steppersOf(html: string): readonly StepperData[] {
  const json = /<script type="application\/json" id="steppers">(.*)<\/script>/.exec(html)?.[1] ?? '';
  return JSON.parse(json) as StepperData[];
}

export function idsOf(html: string): string[] {
  return [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
}
